"""Panoptic merge: confident queries share the pixels out, stuff of one class becomes one segment."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

OBJECT_MASK = 0.8
OVERLAP = 0.8


@dataclass(frozen=True)
class Segment:
    """`id` is the value in the id map, `score` the class probability of the (first) query behind it."""

    id: int
    label: int
    is_thing: bool
    score: float


@dataclass(frozen=True)
class Panoptic:
    """ids (H, W), 0 where nothing was sure enough."""

    ids: Tensor
    segments: list[Segment]


def confident(class_logits: Tensor, object_mask: float = OBJECT_MASK) -> Tensor:
    """(Q, K + 1) class logits -> indices of the queries that are sure of a name: no other can become a segment."""
    scores, labels = class_logits.softmax(-1).max(-1)
    return torch.nonzero((labels != class_logits.shape[1] - 1) & (scores > object_mask))[:, 0]


def panoptic(
    class_logits: Tensor,
    masks: Tensor,
    is_thing: Sequence[bool],
    *,
    object_mask: float = OBJECT_MASK,
    overlap: float = OVERLAP,
) -> Panoptic:
    """(Q, K + 1) class logits and (Q, H, W) mask logits -> id map and segments; is_thing has K entries."""
    scores, labels = class_logits.softmax(-1).max(-1)
    kept = confident(class_logits, object_mask)
    ids = torch.zeros(masks.shape[1:], dtype=torch.int32)
    segments: list[Segment] = []
    if len(kept) == 0:
        return Panoptic(ids, segments)
    probability = masks[kept].sigmoid()
    owner = (scores[kept, None, None] * probability).argmax(0)
    stuff: dict[int, int] = {}
    for i, query in enumerate(kept.tolist()):
        label, inside = int(labels[query]), probability[i] >= 0.5
        mine = owner == i
        mask = mine & inside
        area, original = int(mine.sum()), int(inside.sum())
        # Most of the query's own mask must have survived the competition.
        if area == 0 or original == 0 or not bool(mask.any()) or area / original < overlap:
            continue
        if not is_thing[label] and label in stuff:
            ids[mask] = stuff[label]
            continue
        number = len(segments) + 1
        ids[mask] = number
        segments.append(Segment(number, label, bool(is_thing[label]), float(scores[query])))
        if not is_thing[label]:
            stuff[label] = number
    return Panoptic(ids, segments)
