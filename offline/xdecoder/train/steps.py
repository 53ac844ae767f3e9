"""One step of each kind of data: a batch in, named losses out (X-Decoder section 3.3)."""

import math
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..data.names import VOCABULARIES
from ..data.spoken import SpokenBatches, object_captions
from ..data.words import CaptionBatches, QuestionBatches, plain, tidy
from ..model import plans
from ..model.decoder import BLOCKED, Head, Memory
from ..model.text_encoder import normalise
from ..model.xdecoder import XDecoder
from ..vocabulary import small_answers
from .bag_of_questions import BagOfQuestions
from .bag_of_words import Lesson, away, likeness_loss
from .losses import Target, grounding_loss, segmentation_loss, semantic_loss
from .pixels import Pixels
from .points import draw_points, sample_features
from .prompts import prompt_loss
from .reward import END, CaptionReward, reward_loss, said
from .seen import key
from .text import Ids, SentenceTargets, embed, token_bias
from .words import answer_logits, answer_loss, caption_loss, picture

Losses = dict[str, Tensor]
POINTS_UNIFORM, POINTS_BALANCED = 640, 384
SENTENCES = 8
# Weight of what the text encoder should not forget.
KEPT = 2.0
# Of what ImageNet taught the backbone, which captions live on and masks alone would forget.
KEPT_FEATURES = 20.0
# How far training takes the commonness of a name off its logits, which then have to earn what a common name gets for
# nothing (logit adjustment, Menon et al. 2021): 1 would treat all names alike, 0 leaves rare ones unsaid.
COMMON = 0.5
# What takes turns beside the regions of a picture; bare: nothing does, nor are questions asked.
PHRASES, MARKS, BARE = "phrases", "marks", "bare"
# Of what inference adds up, beside the losses of single regions.
SEMANTIC = 8.0
# One phrase and one prompt a picture would outweigh a dozen regions; generated questions would hardly count.
PHRASE, PROMPT, QUESTION = 0.4, 0.6, 6.0


@dataclass
class NameTable:
    """All names of all vocabularies as one table; a photo's own vocabulary is a bias over it."""

    names: list[str]
    rows: dict[str, Tensor]  # vocabulary -> row of each of its names
    bias: dict[str, Tensor]  # vocabulary -> (K + 1,), background last

    @staticmethod
    def build(
        vocabularies: Mapping[str, list[str]] = VOCABULARIES, shares: Mapping[str, float] | None = None
    ) -> "NameTable":
        """shares: of the photos, those that show a name; names that are not in it count as neither rare nor common."""
        names = sorted({n for v in vocabularies.values() for n in v})
        index = {n: i for i, n in enumerate(names)}
        rows = {k: torch.tensor([index[n] for n in v]) for k, v in vocabularies.items()}
        usual = sum(map(math.log, shares.values())) / len(shares) if shares else 0.0
        often = torch.tensor([math.log(shares[n]) - usual if shares and n in shares else 0.0 for n in [*names, ""]])
        bias = {}
        for k, r in rows.items():
            bias[k] = torch.full((len(names) + 1,), BLOCKED)
            bias[k][[*r.tolist(), -1]] = 0.0
            bias[k] += COMMON * often
        return NameTable(names, rows, bias)


@dataclass
class Bench:
    """What every step works with; `side`: of the square training pictures, px."""

    model: XDecoder
    ids: Ids
    side: int

    def __post_init__(self) -> None:
        self.device = self.model.logit_scale.device
        self.pixels = Pixels(self.model.config.preprocess)
        self.geometry = self.model.geometry(self.side, self.side).to(self.device)

    def half(self) -> torch.autocast:
        """Products in bfloat16."""
        return torch.autocast(self.device.type, torch.bfloat16)

    def tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(array).to(self.device)


class MaskStep:
    """Photos with regions: panoptic queries, a phrase, questions made from the regions, and the text encoder's own
    targets."""

    def __init__(
        self,
        bench: Bench,
        batches: Iterator[list[dict[str, Any]]],
        distil: SentenceTargets | None = None,
        table: NameTable | None = None,
        teacher: nn.Module | None = None,
        without: Container[str] = (),
        more_every: int = 1,
    ) -> None:
        """without: of `PHRASES` and `MARKS` those that are not trained; more_every: batches to one that is not bare."""
        self.bench, self.batches, self.distil, self.step = bench, batches, distil, 0
        self.teacher = teacher
        # A pass through the decoder is dear: phrases and marks take turns.
        kinds = (PHRASES, MARKS) if bench.model.config.visual_prompts else (PHRASES,)
        trained = [k for k in kinds if k not in without] or [None]
        self.turns = [t for k in trained for t in (k, *[BARE] * (more_every - 1))]
        self.table = table or NameTable.build()
        self.name_ids = bench.ids([*self.table.names, "background"])
        # Questions are made in the words of the small models' answers.
        answers = small_answers()
        self.answers = {a: i for i, a in answers.items()} if bench.model.config.answers == len(answers) else {}

    def losses(self) -> Losses:
        samples = next(self.batches)
        bench, model = self.bench, self.bench.model
        targets, points, inside = self._targets(samples)
        phrase_ids = bench.ids([s["phrase"] for s in samples])
        turn = self.turns[self.step % len(self.turns)]
        self.step += 1
        with self.bench.half():
            pixels = bench.pixels(np.stack([s["image"] for s in samples]))
            maps = model.backbone(pixels)
            memory = model.decoder.remember(*model.pixel_decoder(maps, bench.geometry), bench.geometry)
            names = embed(model.text_encoder, self.name_ids)
            base = model.base(memory)
        features = sample_features(memory.mask_features.float(), points, (bench.side, bench.side))
        names = normalise(names.float())
        scale = model.logit_scale.exp().clamp(max=100)
        losses = segmentation_loss(base, features, names, scale, targets)
        losses["semantic"] = SEMANTIC * semantic_loss(base[-1], features, names, scale, targets)
        if self.teacher:
            losses["kept features"] = KEPT_FEATURES * self._kept(pixels, maps[3])
        if turn == PHRASES:
            with self.bench.half():
                tokens = model.text_encoder(phrase_ids)
                ground = refer(model, memory, tokens, token_bias(phrase_ids, model.config.text.end_token))
            phrases = normalise(model.text_encoder.sentence(phrase_ids, tokens.float()))
            said = grounding_loss(ground, features, phrases, names[-1], scale, inside)
            losses |= {k: PHRASE * v for k, v in said.items()}
        with self.bench.half():
            if self.distil:
                losses["text"] = KEPT * self.distil.loss(model.text_encoder, SENTENCES).float()
            if turn == MARKS:
                prompted = self._prompts(samples, memory, features, targets)
                losses |= {k: PROMPT * v for k, v in prompted.items()}
            asked = None if turn == BARE else self._questions(samples)
            if asked:
                losses["generated question"] = QUESTION * answer_loss(model, memory, *asked)
        return losses

    def _kept(self, pixels: Tensor, coarsest: Tensor) -> Tensor:
        """How far the coarsest map is from the teacher's, in units of each channel's spread."""
        assert self.teacher
        with torch.no_grad(), self.bench.half():
            aim = self.teacher(pixels)[3].float()
        spread = aim.std((0, 2, 3), keepdim=True) + 1e-2
        return F.smooth_l1_loss(coarsest.float() / spread, aim / spread)

    def _targets(self, samples: list[dict[str, Any]]) -> tuple[list[Target], Tensor, Tensor]:
        """Per-photo targets, sampled points (B, P) as pixel indices, and the phrase masks at the points (B, P)."""
        points, targets, inside = [], [], []
        for s in samples:
            masks, phrase = self.bench.tensor(s["masks"]), self.bench.tensor(s["phrase_mask"])
            balanced = torch.cat([masks, phrase[None]]) if phrase.any() else masks
            p = draw_points(balanced, self.bench.tensor(~s["ignore"]), POINTS_UNIFORM, POINTS_BALANCED)
            points.append(p)
            vocabulary = s["vocabulary"]
            classes = self.table.rows[vocabulary][torch.as_tensor(s["classes"], dtype=torch.long)]
            targets.append(Target(masks.flatten(1)[:, p], classes, self.table.bias[vocabulary]))
            inside.append(phrase.flatten()[p])
        return targets, torch.stack(points), torch.stack(inside)

    def _prompts(
        self, samples: list[dict[str, Any]], memory: Memory, features: Tensor, targets: list[Target]
    ) -> Losses:
        marks = [s["marks"] for s in samples]
        positive = self.bench.tensor(np.stack([m.positive for m in marks]))
        none = np.zeros_like(marks[0].positive)
        negative = self.bench.tensor(np.stack([m.negative if len(m.negative) else none for m in marks]))
        has_negative = torch.tensor([len(m.negative) > 0 for m in marks])
        inside = torch.stack([t.inside[s["prompted"]] for t, s in zip(targets, samples, strict=True)])
        return prompt_loss(self.bench.model, memory, positive, negative, has_negative, features, inside)

    def _questions(self, samples: list[dict[str, Any]]) -> tuple[Tensor, Tensor] | None:
        """Token ids (B, C, T) and answers (B, C), -1 where a photo has fewer questions than another."""
        known = [[(q, self.answers[a]) for q, a in s["questions"] if a in self.answers] for s in samples]
        most = max(len(k) for k in known)
        if most == 0:
            return None
        rows = [[*k, *[("?", -1)] * (most - len(k))] for k in known]
        ids = self.bench.ids([q for row in rows for q, _ in row])
        return ids.unflatten(0, (len(rows), most)), torch.tensor([[a for _, a in row] for row in rows])


def refer(model: XDecoder, memory: Memory, tokens: Tensor, bias: Tensor) -> list[Head]:
    """Heads of the pass that looks for one phrase (B, T, d) a picture (`tasks.grounding`), bias (B, T): `token_bias`'s.

    SEEM refers by its latent queries (Q rows), the others by grounding queries (Q - 1).
    """
    if not model.config.seem:
        return model.ground(memory, tokens, bias)
    padded = torch.cat([bias.new_zeros(len(bias), model.config.queries), bias], 1)[:, None, None]
    return model.decoder(memory, replace(plans.prompted(model.decoder, tokens, None), self_bias=padded))[0]


def spoken_loss(bench: Bench, images: np.ndarray, ids: Tensor) -> tuple[Tensor, Tensor, Head, Tensor]:
    """Next words of ids (B * C, T), C sentences of each of images (B, side, side, 3).

    Returns the weighted loss, the sentences' tokens (B * C, T, d), the last head and the pooled backbone (B, C5).
    """
    model, each = bench.model, (len(images), len(ids) // len(images))
    with bench.half():
        memory, pooled = picture(model, bench.pixels(images), bench.geometry)
        tokens = model.text_encoder(ids)
        loss, head = caption_loss(model, memory, ids.unflatten(0, each), tokens.unflatten(0, each))
    return 2 * loss, tokens, head, pooled


class Placing:
    """What the lesson has photos and captions at, for a model to come to."""

    BANK = 1024

    def __init__(self, bench: Bench, lesson: Lesson, captions: list[str]) -> None:
        self.bench, self.lesson = bench, lesson
        # The teacher stays as it is, so what it makes of each caption is known once and for all.
        parts = (bench.ids(captions[i : i + 512]) for i in range(0, len(captions), 512))
        self.told = torch.cat([lesson.teacher.sentences(ids) for ids in parts])

    def bank(self) -> Tensor:
        """What the lesson makes of some captions (BANK, d)."""
        return self.told[torch.randint(len(self.told), (self.BANK,))]

    def loss(self, head: Head, pooled: Tensor, photos: list[str]) -> Tensor:
        """How far photos, by `seen.key`, are from there, by the image query and by the pooled backbone (B, C5)."""
        model, aims, bank = self.bench.model, self.lesson.of(photos), self.bank()
        image = head.embeddings[:, model.config.queries - 1] if head.image is None else head.image
        query = normalise(image.float())
        projected = normalise(pooled.float() @ model.backbone_proj)
        return likeness_loss(query, aims, bank) + likeness_loss(projected, aims, bank)


class CaptionStep:
    """Photos with sentences: next words, and the photo and its sentences brought to where the lesson has them."""

    def __init__(
        self, bench: Bench, batches: CaptionBatches, placing: Placing, distil: SentenceTargets | None = None
    ) -> None:
        self.bench, self.batches, self.placing, self.distil = bench, batches, placing, distil

    def losses(self) -> Losses:
        images, texts, rows = next(self.batches)
        model, shards = self.bench.model, self.batches.shards
        ids = self.bench.ids(texts)
        loss, tokens, head, pooled = spoken_loss(self.bench, images, ids)
        sentences = normalise(model.text_encoder.sentence(ids, tokens.float()))
        photos = [key(shards, shards.records[self.batches.photo[r]]["file"]) for r in rows[:: self.batches.PER_PHOTO]]
        kept: Losses = {}
        if self.distil:
            # Captions know few words: without this the encoder forgets the others.
            with self.bench.half():
                kept["kept text"] = KEPT * self.distil.loss(model.text_encoder, SENTENCES).float()
        return kept | {
            "caption": loss,
            "sentence": away(sentences, self.placing.lesson.teacher.sentences(ids)),
            "retrieval": self.placing.loss(head, pooled, photos),
        }


class SpokenStep:
    """Photos with generated sentences: next words, and the photo alone brought to where the lesson has it, since many
    photos share a sentence."""

    def __init__(self, bench: Bench, batches: SpokenBatches, placing: Placing) -> None:
        self.bench, self.batches, self.placing = bench, batches, placing

    def losses(self) -> Losses:
        images, texts, photos = next(self.batches)
        loss, _, head, pooled = spoken_loss(self.bench, images, self.bench.ids(texts))
        placed = self.placing.loss(head, pooled, [key(s, f) for s, f in photos])
        return {"generated caption": loss, "retrieval of others": placed}


class RewardStep:
    """Photos with sentences of the model's own: what people would have said likelier, the rest less likely."""

    DRAWN, LONGEST = 5, 20

    def __init__(self, bench: Bench, batches: CaptionBatches) -> None:
        self.bench, self.batches = bench, batches
        self.reward = CaptionReward([[tidy(c) for c in r["captions"]] for r in batches.shards.records])

    def losses(self) -> Losses:
        images, _, rows = next(self.batches)
        bench, model = self.bench, self.bench.model
        photos = [self.batches.photo[r] for r in rows[:: self.batches.PER_PHOTO]]
        with bench.half():
            memory, _ = picture(model, bench.pixels(images), bench.geometry)
            ids = said(model, memory, self.DRAWN, self.LONGEST)
            texts = [self._text(row) for row in ids.flatten(0, 1).tolist()]
            rewards = bench.tensor(self.reward([p for p in photos for _ in range(self.DRAWN)], texts)).float()
            return {"reward": reward_loss(model, memory, ids, rewards.unflatten(0, (-1, self.DRAWN)))}

    def _text(self, ids: list[int]) -> str:
        words = plain(self.bench.ids.codec.decode(ids))
        return words + END if self.bench.ids.config.end_token in ids else words


class RetrievalStep:
    """Many sentences at once, brought to where the lesson has them.

    Words are left out at random, so that a sentence is more than a caption learnt by heart.
    """

    CAPTIONS, OBJECTS, DROPPED = 224, 32, 0.15

    def __init__(self, captions: CaptionBatches, placing: Placing) -> None:
        self.captions, self.placing = captions, placing

    def losses(self) -> Losses:
        bench, lesson, rng = self.placing.bench, self.placing.lesson, self.captions.rng
        texts = [self.captions.captions[i] for i in rng.integers(len(self.captions.captions), size=self.CAPTIONS)]
        names = [lesson.names[i] for i in rng.integers(len(lesson.names), size=self.OBJECTS)]
        texts += [object_captions(n, rng, 1)[0] for n in names]
        ids = bench.ids([without_some(t, self.DROPPED, rng) for t in texts])
        with bench.half():
            sentences = normalise(bench.model.text_encoder.sentence(ids).float())
        return {"many sentences": likeness_loss(sentences, lesson.teacher.sentences(ids), self.placing.bank())}


class QuestionStep:
    """Photos with questions and answers by people.

    A few thousand questions are soon learnt by heart. Where there is a teacher, the model also answers as the teacher
    does, other photos' questions too, with some of their words left out.
    """

    DROPPED = 0.15
    # Of the cross-entropy of people's answers, beside what the teacher says.
    PEOPLE = 0.5

    def __init__(self, bench: Bench, batches: QuestionBatches, teacher: BagOfQuestions | None = None) -> None:
        self.bench, self.batches, self.teacher = bench, batches, teacher

    def losses(self) -> Losses:
        images, texts, answers, files = next(self.batches)
        bench = self.bench
        if self.teacher is None:
            with bench.half():
                memory, _ = picture(bench.model, bench.pixels(images), bench.geometry)
                ids = bench.ids(texts).unflatten(0, answers.shape)
                return {"question": answer_loss(bench.model, memory, ids, bench.tensor(answers))}
        rng, own = self.batches.rng, answers.shape
        # Each photo's own questions, then those of other photos of the batch.
        others = rng.permutation(np.array(texts)).reshape(own).tolist()
        asked = [[*a, *b] for a, b in zip(np.array(texts).reshape(own).tolist(), others, strict=True)]
        ids = bench.ids([without_some(q, self.DROPPED, rng) for row in asked for q in row])
        ids = ids.unflatten(0, (own[0], 2 * own[1]))
        with bench.half():
            memory, _ = picture(bench.model, bench.pixels(images), bench.geometry)
            logits = answer_logits(bench.model, memory, ids)
        seen = torch.stack([self.teacher.photos[f] for f in files])
        wanted = self.teacher(ids.flatten(0, 1), seen.repeat_interleave(2 * own[1], 0)).log_softmax(1)
        like = F.kl_div(logits.flatten(0, 1).log_softmax(1), wanted, reduction="batchmean", log_target=True)
        people = F.cross_entropy(logits[:, : own[1]].flatten(0, 1), bench.tensor(answers).flatten())
        return {"question": self.PEOPLE * people, "question as the teacher": like}


def without_some(text: str, share: float, rng: np.random.Generator) -> str:
    """The text, each of its words left out with this chance."""
    return " ".join(w for w in text.split(" ") if rng.random() >= share)
