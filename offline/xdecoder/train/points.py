"""Mask losses look at sampled points: exact, since mask logits are linear in the mask features, and far cheaper."""

import torch
import torch.nn.functional as F
from torch import Tensor


def draw_points(masks: Tensor, known: Tensor, uniform: int, balanced: int) -> Tensor:
    """Pixel indices (P,) into a flattened picture: `uniform` over known pixels, `balanced` over the regions in turn.

    masks (N, h, w) bool; known (h, w) bool, where the label map says something. The balanced share lets a small
    region be seen at all.
    """
    pixels = known.flatten().nonzero()[:, 0]
    if len(pixels) == 0:
        pixels = torch.arange(known.numel())
    points = [pixels[torch.randint(len(pixels), (uniform + (balanced if len(masks) == 0 else 0),))]]
    if len(masks):
        share, more = divmod(balanced, len(masks))
        for number, mask in enumerate(masks.flatten(1)):
            inside = mask.nonzero()[:, 0]
            points.append(inside[torch.randint(len(inside), (share + (number < more),))])
    return torch.cat(points)


def sample_features(features: Tensor, points: Tensor, size: tuple[int, int]) -> Tensor:
    """Bilinear samples of (B, C, h4, w4) at picture pixels (B, P) of a picture of `size` -> (B, C, P)."""
    h, w = size
    y, x = (points // w + 0.5) / h, (points % w + 0.5) / w
    grid = torch.stack([x, y], -1)[:, None] * 2 - 1
    return F.grid_sample(features, grid, mode="bilinear", padding_mode="border", align_corners=False)[:, :, 0]


def pairwise_mask_cost(logits: Tensor, targets: Tensor) -> Tensor:
    """(Q, P) logits against (N, P) targets -> (Q, N): 5 x mean BCE + 5 x dice."""
    targets = targets.float()
    bce = (F.softplus(logits).sum(1, keepdim=True) - logits @ targets.T) / logits.shape[1]
    p = logits.sigmoid()
    dice = 1 - (2 * p @ targets.T + 1) / (p.sum(1, keepdim=True) + targets.sum(1)[None] + 1)
    return 5 * bce + 5 * dice


def mask_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Matched pairs (M, P): summed 5 x BCE + 5 x dice; the caller divides by the number of regions."""
    targets = targets.float()
    bce = F.binary_cross_entropy_with_logits(logits, targets, reduction="none").mean(1)
    p = logits.sigmoid()
    dice = 1 - (2 * (p * targets).sum(1) + 1) / (p.sum(1) + targets.sum(1) + 1)
    return 5 * (bce + dice).sum()
