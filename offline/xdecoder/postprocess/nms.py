"""Mask NMS: of queries that call the same pixels by the same name, the most certain one speaks."""

import torch
from torch import Tensor

from .panoptic import confident


def distinct(class_logits: Tensor, masks: Tensor, iou: float = 1.0) -> Tensor:
    """(Q, K + 1) class logits and (Q, h, w) mask logits of any size -> indices of the queries that stay, in order.

    A query goes where a more certain one that stays has the same likeliest name and their masks, cut at one half, have
    a greater intersection over union than `iou`, which none have at 1. Among equals the first stays.
    """
    scores, labels = class_logits.softmax(-1).max(-1)
    inside = (masks >= 0).flatten(1).float()
    shared, area = inside @ inside.T, inside.sum(1)
    rivals = (shared > iou * (area[:, None] + area[None] - shared)) & (labels[:, None] == labels[None])
    stay: list[int] = []
    for query in scores.argsort(descending=True, stable=True).tolist():
        if not rivals[query, stay].any():
            stay.append(query)
    return torch.tensor(sorted(stay), dtype=torch.long)


def claims(class_logits: Tensor, masks: Tensor, object_mask: float, iou: float) -> Tensor:
    """Indices of the queries that a panoptic map is made of; of (Q, h, w) masks one row stays for the map's size."""
    kept = confident(class_logits, object_mask)
    kept = kept if len(kept) else torch.tensor([0])
    return kept[distinct(class_logits[kept], masks[kept], iou)]
