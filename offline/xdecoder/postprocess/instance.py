"""Instances: the best (query, class) pairs; one query may appear under several classes."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

DETECTIONS = 100


@dataclass(frozen=True)
class Instances:
    """Best first: scores (N,), labels (N,), queries (N,) rows of the mask logits."""

    scores: Tensor
    labels: Tensor
    queries: Tensor


def instances(
    class_logits: Tensor, masks: Tensor, is_thing: Sequence[bool], *, detections: int = DETECTIONS
) -> Instances:
    """(Q, K + 1) class logits, (Q, H, W) mask logits; a pair's mask is masks[query] > 0."""
    probability = class_logits.softmax(-1)[:, :-1]
    classes = probability.shape[1]
    scores, pairs = probability.flatten().topk(min(detections, probability.numel()))
    queries, labels = pairs // classes, pairs % classes
    things = torch.tensor(is_thing)[labels]
    scores, queries, labels = scores[things], queries[things], labels[things]
    # The mask's own confidence: mean probability inside, each query once.
    confidence = {}
    for q in set(queries.tolist()):
        inside = masks[q] > 0
        confidence[q] = float((masks[q].sigmoid() * inside).sum() / (inside.sum() + 1e-6))
    scores = scores * torch.tensor([confidence[q] for q in queries.tolist()])
    order = scores.argsort(descending=True, stable=True)
    return Instances(scores[order], labels[order], queries[order])
