"""What a precision costs: every variant of a pack beside its fp32 one, on the same photos, task by task.

    python -m xdecoder.export --checkpoint runs/default.pt --out /tmp/all --precision fp32 fp16-storage fp16 int8 int4
    python -m xdecoder.evaluate.precision --pack /tmp/all --images ../public/samples
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from .. import command
from ..data.names import VOCABULARIES
from ..preprocess import read_image
from ..run.requests import expand
from ..runtime.pack import megabytes, open_pack
from ..tasks.caption import greedy
from ..tasks.question import answer_logits
from ..tasks.retrieval import image_embedding, image_vectors
from ..tasks.vocabulary import class_logits
from .referring import find
from .segmentation import semantic
from .subject import Subject

EXACT = "fp32"
QUESTIONS = ("is there a person?", "what colour is the wall?", "how many chairs are there?")
PHRASES = 3
SURE = 0.3


@dataclass
class Answers:
    """What one variant says about one photo; a part that the pack can't do stays None."""

    labels: np.ndarray
    classes: np.ndarray
    sure: np.ndarray
    phrases: list[str]
    masks: np.ndarray
    found: list[np.ndarray]
    caption: list[int] | None
    answers: list[int] | None
    embedding: np.ndarray | None
    milliseconds: float


@torch.inference_mode()
def ask(subject: Subject, table: Tensor, photo: Image.Image, phrases: list[str] | None) -> Answers:
    """Every task of the pack; without phrases, those of the names of `table` that take most of the photo."""
    runtime, names = subject.runtime, VOCABULARIES["ade150"]
    start = time.perf_counter()
    opened = subject.look(photo)
    prediction = opened.base
    spent = (time.perf_counter() - start) * 1000
    probabilities = class_logits(prediction, table, runtime.info.logit_scale).softmax(-1)
    labels = semantic(subject, opened, table)
    wanted = phrases or [names[i] for i in np.argsort(-np.bincount(labels.ravel(), minlength=len(names)))[:PHRASES]]
    found = [find(subject, opened, phrase)[0] for phrase in wanted]
    caption = answers = vector = None
    if subject.has("caption"):
        caption = greedy(runtime, subject.also(opened, photo, "caption").features).token_ids
    if subject.has("retrieval"):
        small = subject.also(opened, photo, "retrieval")
        vector = image_embedding(image_vectors(small.features, small.base)).numpy()
    if subject.has("vqa"):
        features = subject.also(opened, photo, "vqa").features
        answers = [int(answer_logits(runtime, subject.codec, features, q).argmax()) for q in QUESTIONS]
    score, best = probabilities[:, :-1].max(-1)
    masks = (prediction.masks > 0).numpy()
    return Answers(labels, best.numpy(), score.numpy() > SURE, wanted, masks, found, caption, answers, vector, spent)


def _iou(a: np.ndarray, b: np.ndarray) -> float:
    union = (a | b).sum()
    return float((a & b).sum() / union) if union else 1.0


def compare(mine: Answers, exact: Answers) -> dict[str, float]:
    """Agreement with the exact answers, in percent; the cosine of the two image embeddings as it is."""
    queries = np.flatnonzero(exact.sure)
    figures = {"pixels of the same name, %": 100 * float((mine.labels == exact.labels).mean())}
    if len(queries):
        figures["sure queries of the same name, %"] = 100 * float((mine.classes == exact.classes)[queries].mean())
        figures["their masks, IoU %"] = 100 * float(np.mean([_iou(mine.masks[q], exact.masks[q]) for q in queries]))
    pairs = zip(mine.found, exact.found, strict=True)
    figures["phrase masks, IoU %"] = 100 * float(np.mean([_iou(a, b) for a, b in pairs]))
    if mine.caption is not None and exact.caption is not None:
        same = [a == b for a, b in zip(mine.caption, exact.caption, strict=False)]
        figures["captions that are the same, %"] = 100.0 * (mine.caption == exact.caption)
        figures["their words in place, %"] = 100 * sum(same) / max(len(mine.caption), len(exact.caption))
    if mine.answers is not None and exact.answers is not None:
        figures["answers that are the same, %"] = 100 * float(np.mean(np.equal(mine.answers, exact.answers)))
    if mine.embedding is not None and exact.embedding is not None:
        a, b = mine.embedding, exact.embedding
        figures["image embedding, cosine"] = float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
    return figures


def report(pack: Path, images: list[str]) -> dict[str, dict[str, float]]:
    """Variant -> figure -> mean over the photos; download in MB and the time to see a photo beside."""
    photos = [read_image(image) for image in images]
    manifest = open_pack(pack).manifest

    def answers_of(variant: str, exact: list[Answers] | None) -> list[Answers]:
        """Every photo's, about the phrases of the exact answers where those are there."""
        subject = Subject.of_pack(pack, variant)
        names = subject.table(VOCABULARIES["ade150"])
        phrases = [e.phrases for e in exact] if exact else [None] * len(photos)
        return [ask(subject, names, p, said) for p, said in zip(tqdm(photos, desc=variant), phrases, strict=True)]

    exact = answers_of(EXACT, None)
    found: dict[str, dict[str, float]] = {}
    for variant in manifest["variants"]:
        given = exact if variant["id"] == EXACT else answers_of(variant["id"], exact)
        rows = [compare(mine, truth) for mine, truth in zip(given, exact, strict=True)]
        keys = [k for k in rows[0] if all(k in row for row in rows)]
        figures = {"MB of this variant's files": megabytes(manifest, variant)}
        figures |= {k: float(np.mean([row[k] for row in rows])) for k in keys}
        found[variant["id"]] = figures | {"image + base, median ms": float(np.median([g.milliseconds for g in given]))}
    return found


def table(found: dict[str, dict[str, float]]) -> str:
    """Markdown, a row a figure."""
    figures = list(next(iter(found.values())))
    lines = [f"| | {' | '.join(found)} |", f"|---|{'---|' * len(found)}"]
    for name in figures:
        digits = 4 if "cosine" in name else 1
        lines.append(f"| {name} | {' | '.join(f'{row[name]:.{digits}f}' for row in found.values())} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, required=True, metavar="DIR", help="exported with fp32 and others")
    parser.add_argument("--images", nargs="+", required=True, metavar="DIR|FILE")
    parser.add_argument("--limit", type=int, default=40)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    images = expand(args.images)[: args.limit]
    print(f"{len(images)} photos")
    print(table(report(args.pack, images)))


if __name__ == "__main__":
    command.run(main)
