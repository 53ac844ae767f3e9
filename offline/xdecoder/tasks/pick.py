"""Picking without SEEM: of the base pass's proposals, the one that fits clicks, a box or a stroke (section 11).

A heuristic over masks that are already there; a SEEM model answers such prompts itself (`prompts.py`).
"""

import torch
from torch import Tensor


def choose(masks: Tensor, positive: Tensor | None, negative: Tensor | None = None, box: Tensor | None = None) -> Tensor:
    """Mask logits (R, H, W) and bool masks (H, W) -> fit (R,), the highest is the answer.

    positive, negative: what must lie inside and outside; a smaller mask is preferred among equals. box: filled, a
    proposal fits it by the soft intersection over union. What marks nothing, off the picture, does not count.
    """
    probability = masks.sigmoid()
    fit = torch.ones(len(masks))
    if positive is not None and positive.any():
        area = probability.mean((1, 2))
        fit = fit * probability[:, positive].mean(1) * (1 - area).sqrt()
    if box is not None and box.any():
        inside = probability[:, box].sum(1)
        fit = fit * inside / (probability.sum((1, 2)) + box.sum() - inside)
    if negative is not None and negative.any():
        fit = fit * (1 - probability[:, negative].mean(1))
    return fit
