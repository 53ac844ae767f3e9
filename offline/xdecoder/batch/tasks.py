"""What can be asked of every picture: a row a task, each the head of the reference command with other clothes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..run.heads import HEADS, embedding, panoptic_map
from ..run.requests import Request
from ..run.session import Session

Columns = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One picture, and the questions of the run."""

    image: str
    questions: tuple[str, ...]


def embed(session: Session, asked: Asked) -> Columns:
    return {"embedding": embedding(session, asked.image).numpy().astype(np.float16)}


def caption(session: Session, asked: Asked) -> Columns:
    return {"caption": HEADS["caption"](session, Request(image=asked.image), "")["caption"]["text"]}


def panoptic(session: Session, asked: Asked) -> Columns:
    rows = []
    for found in panoptic_map(session, Request(image=asked.image))[1]:
        rle = found["rle"]
        kept = {k: found[k] for k in ("label", "score", "isthing", "area", "bbox")}
        rows.append({**kept, "rle_size": rle["size"], "rle_counts": rle["counts"]})
    return {"segments": rows}


def vqa(session: Session, asked: Asked) -> Columns:
    rows = []
    for question in asked.questions:
        best = HEADS["vqa"](session, Request(image=asked.image, question=question), "")["vqa"]["answers"][0]
        rows.append({"question": question, **best})
    return {"answers": rows}


TASKS: dict[str, Callable[[Session, Asked], Columns]] = {
    "embed": embed,
    "caption": caption,
    "panoptic": panoptic,
    "vqa": vqa,
}
