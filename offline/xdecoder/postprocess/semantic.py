"""Semantic segmentation: every pixel gets a class; background competes in the softmax and then leaves."""

import torch
from torch import Tensor

# Of the share that a name has in a picture: what no query speaks for may still win a pixel.
LEAST_SHARE = 1e-4


def class_scores(class_logits: Tensor, masks: Tensor, factors: Tensor | None = None) -> Tensor:
    """(Q, K + 1) class logits, (Q, H, W) mask logits -> (K, H, W) scores, each class's times its factor (K,)."""
    probability = class_logits.softmax(-1)[:, :-1]
    if factors is not None:
        probability = probability * factors
    return torch.einsum("qk,qhw->khw", probability, masks.sigmoid())


def label_map(class_logits: Tensor, masks: Tensor, factors: Tensor | None = None) -> Tensor:
    """(H, W) index of the class with the best of `class_scores`."""
    return class_scores(class_logits, masks, factors).argmax(0)


def shares(class_logits: Tensor, masks: Tensor) -> Tensor:
    """(K,) share of the picture that each class has by the sums of all queries; masks (Q, h, w) logits of any size.

    A picture shows few things: what much of it is called by is likelier for the rest of it as well (after Saerens et
    al., "Adjusting the Outputs of a Classifier to New a Priori Probabilities", 2002; docs/decisions/0016).
    """
    found = torch.einsum("qk,q->k", class_logits.softmax(-1)[:, :-1], masks.sigmoid().sum((1, 2)))
    return (found / found.sum()).clamp(min=LEAST_SHARE)
