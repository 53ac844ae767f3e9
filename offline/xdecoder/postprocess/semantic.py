"""Semantic segmentation: every pixel gets a class; background competes in the softmax and then leaves."""

import torch
from torch import Tensor


def class_scores(class_logits: Tensor, masks: Tensor) -> Tensor:
    """(Q, K + 1) class logits, (Q, H, W) mask logits -> (K, H, W) scores."""
    probability = class_logits.softmax(-1)[:, :-1]
    return torch.einsum("qk,qhw->khw", probability, masks.sigmoid())


def label_map(class_logits: Tensor, masks: Tensor) -> Tensor:
    """(H, W) index of the best class."""
    return class_scores(class_logits, masks).argmax(0)
