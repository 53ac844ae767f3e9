"""A map read at the points of a visual prompt (spec section 11)."""

import torch.nn.functional as F
from torch import Tensor


def sample(grid: Tensor, points: Tensor) -> Tensor:
    """Bilinear samples of a map (B, C, h, w) at points (B, P, 2) = (x, y) in -1..1, corners aligned -> (B, P, C)."""
    return F.grid_sample(grid, points[:, :, None], align_corners=True)[..., 0].transpose(1, 2)
