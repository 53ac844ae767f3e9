"""Losses of the tasks that read or write sentences (X-Decoder section 3.3): captions, retrieval, questions.

The backbone is taken as it is: these losses train the pixel decoder's three coarse maps, the decoder and the text
encoder, which makes a step much cheaper and leaves the finest map to the tasks that have masks.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..model import plans
from ..model.decoder import BLOCKED, Decoder, Head, Memory, QueryPlan
from ..model.geometry import Geometry
from ..model.text_encoder import normalise
from ..model.xdecoder import XDecoder

TEMPERATURE = 0.05
BANK = 1024


def picture(model: XDecoder, pixels: Tensor, geometry: Geometry) -> tuple[Memory, Tensor]:
    """Memory whose coarse maps can be trained, and the pooled backbone (B, C5); pixels (B, 3, H, W) normalised."""
    with torch.no_grad():
        maps = model.backbone(pixels)
    mask_features, levels = model.pixel_decoder(maps, geometry)
    return model.decoder.remember(mask_features.detach(), levels, geometry), maps[3].mean((2, 3))


def _apart(queries: int, count: int, words: int, device: torch.device) -> Tensor:
    """plans.words_bias for `count` texts of `words` rows each: no text sees another."""
    bias = plans.words_bias(queries, count * words, device)
    bias[queries:, queries:][torch.block_diag(*[torch.ones(words, words, device=device)] * count) == 0] = BLOCKED
    return bias


def caption_plan(decoder: Decoder, tokens: Tensor) -> QueryPlan:
    """plans.caption for several captions of each picture at once, tokens (B, C, W, d).

    Latent queries never see words, so the picture's own rows are computed once for all of its captions.
    """
    _, count, words, _ = tokens.shape
    q = len(decoder.query_feat.weight)
    flat = tokens.flatten(1, 2)
    queries = plans.base(decoder, len(tokens))
    position = decoder.pos_embed_caping.weight[:words].repeat(count, 1)
    return QueryPlan(
        torch.cat([queries.content, flat], 1),
        torch.cat([queries.position, flat + position], 1),
        guided=[True] * q + [False] * (count * words),
        self_bias=_apart(q, count, words, tokens.device),
        class_row=q - 1,
    )


def question_plan(decoder: Decoder, tokens: Tensor) -> QueryPlan:
    """plans.question for several questions about each picture at once, tokens (B, C, W, d)."""
    batch, count, words, _ = tokens.shape
    q = len(decoder.query_feat.weight)
    queries = plans.base(decoder, batch)
    slots = decoder.query_feat_caping.weight[:words].repeat(count, 1)[None].expand(batch, -1, -1)
    return QueryPlan(
        torch.cat([queries.content, slots], 1),
        torch.cat([queries.position, tokens.flatten(1, 2)], 1),
        guided=False,
        self_bias=_apart(q, count, words, tokens.device),
        class_row=q - 1,
    )


def spoken(goal: Tensor, end: int) -> Tensor:
    """Bool, like goal (..., T): the first end token is to be said; the padding after it is not."""
    ends = (goal == end).int()
    return ends.cumsum(-1) - ends == 0


def next_words(model: XDecoder, memory: Memory, ids: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor, Head]:
    """What follows each word of ids (B, C, T), given their text embeddings tokens (B, C, T, d).

    Returns logits (S, V) and the words that do follow (S,), where said (B, C * (T - 1)) has S rows, and the last head,
    whose image query serves retrieval.
    """
    config = model.config
    head = model.decoder(memory, caption_plan(model.decoder, tokens[:, :, :-1]))[0][-1]
    hidden = head.state[:, config.queries :].float() @ model.decoder.caping_embed
    goal = ids[:, :, 1:]
    said = spoken(goal, config.text.end_token).flatten(1)
    return hidden[said] @ model.text_encoder.token_embedding.weight.T, goal.flatten(1)[said], said, head


def caption_loss(model: XDecoder, memory: Memory, ids: Tensor, tokens: Tensor) -> tuple[Tensor, Head]:
    """Cross-entropy of every next word of ids (B, C, T) and the last head; tokens as in next_words."""
    logits, goal, _, head = next_words(model, memory, ids, tokens)
    return F.cross_entropy(logits, goal, label_smoothing=0.05), head


def answer_loss(model: XDecoder, memory: Memory, ids: Tensor, answers: Tensor) -> Tensor:
    """Cross-entropy of the answer, read from the row of each question's end token.

    ids (B, C, T): C questions a picture; answers (B, C), -1 = no question.
    """
    config = model.config
    count, words = ids.shape[1:]
    tokens = model.text_encoder(ids.flatten(0, 1)).unflatten(0, (-1, count))
    rows = model.decoder(memory, question_plan(model.decoder, tokens))[0][-1].state[:, config.queries :]
    end = (ids == config.text.end_token).int().argmax(-1)
    state = rows.unflatten(1, (count, words)).gather(2, end[..., None, None].expand(-1, -1, -1, config.dim))[:, :, 0]
    known = answers >= 0
    return F.cross_entropy(model.decoder.vqa_classifier(state[known]).float(), answers[known])


class Contrast:
    """Image to text and back, against banks of earlier vectors: small batches alone have too few negatives."""

    def __init__(self, photo_of_caption: list[int]) -> None:
        self.photo = torch.tensor(photo_of_caption)
        self.pooled = self.queries = torch.empty(0)
        self.seen = torch.zeros(int(self.photo.max()) + 1, dtype=torch.bool)
        self.texts: Tensor | None = None
        self.images: list[Tensor] = []
        self.owners: list[int] = []

    @torch.no_grad()
    def fill(self, sentences: Tensor) -> None:
        """sentences (N, d) normalised: every caption by the present text encoder."""
        self.texts = sentences.clone()

    @torch.no_grad()
    def note(self, photos: list[int], pooled: Tensor, queries: Tensor) -> None:
        """What photos look like just now: pooled backbone (B, C5), normalised image queries (B, d)."""
        if len(self.pooled) == 0:
            self.pooled, self.queries = (torch.zeros(len(self.seen), x.shape[1]) for x in (pooled, queries))
        self.pooled[photos], self.queries[photos], self.seen[photos] = pooled, queries, True

    def draw(self, count: int) -> tuple[Tensor, Tensor] | None:
        """Photos that were noted and a caption of each, (count,) each; None while there are too few."""
        rows = self.seen[self.photo].nonzero()[:, 0]
        rows = rows[torch.randperm(len(rows))]
        first = torch.full((len(self.seen),), -1)
        first[self.photo[rows]] = rows
        photos = (first >= 0).nonzero()[:, 0]
        if len(photos) < count:
            return None
        photos = photos[torch.randperm(len(photos))[:count]]
        return photos, first[photos]

    def among(self, pooled: Tensor, queries: Tensor, sentences: Tensor, rows: Tensor) -> Tensor:
        """Both ways among these photos and sentences alone; all (B, d), normalised."""
        assert self.texts is not None
        own, total = torch.arange(len(sentences)), sentences.new_zeros(())
        images = (pooled, queries, normalise(pooled + queries))
        for vectors in images:
            scores = vectors @ sentences.T / TEMPERATURE
            total = total + F.cross_entropy(scores, own) + F.cross_entropy(scores.T, own)
        self.texts[rows] = sentences.detach()
        return total / (2 * len(images))

    def loss(self, images: list[Tensor], sentences: Tensor, rows: list[int]) -> Tensor:
        """images: each kind of image vector (B, d), normalised; sentences (B, d) of the captions `rows`."""
        assert self.texts is not None
        owners = self.photo[torch.tensor(rows)]
        drawn = torch.randint(len(self.photo), (BANK,))
        other_texts, text_owners = self.texts[drawn], self.photo[drawn]
        total = sentences.new_zeros(())
        both = normalise(torch.stack(images).mean(0))
        for vectors in (*images, both):
            scores = torch.cat([vectors @ sentences.T, vectors @ other_texts.T], 1) / TEMPERATURE
            same = owners[:, None] == torch.cat([owners, text_owners])[None]
            total = total + _cross_entropy(scores, same)
        if self.images:
            bank = torch.stack(self.images[-BANK:])
            scores = torch.cat([sentences @ both.T, sentences @ bank.T], 1) / TEMPERATURE
            same = owners[:, None] == torch.cat([owners, torch.tensor(self.owners[-BANK:])])[None]
        else:
            scores, same = sentences @ both.T / TEMPERATURE, owners[:, None] == owners[None]
        total = total + _cross_entropy(scores, same)
        with torch.no_grad():
            self.texts[torch.tensor(rows)] = sentences
            self.images = [*self.images, *both.detach()][-BANK:]
            self.owners = [*self.owners, *owners.tolist()][-BANK:]
        return total / (len(images) + 2)


def _cross_entropy(scores: Tensor, same: Tensor) -> Tensor:
    """Row i's own column i against all that are not of its picture."""
    own = torch.arange(len(scores))
    other = same.clone()
    other[own, own] = False
    return F.cross_entropy(scores.masked_fill(other, -1e4), own)
