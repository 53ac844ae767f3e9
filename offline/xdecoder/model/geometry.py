"""What depends on the picture's size alone: sine positions and resize matrices (spec sections 4, 6, 15).

The exported graphs take these as inputs, so one graph serves every size; the browser computes the same numbers.
"""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

MaskResize = Literal["bicubic-antialias", "bilinear"]
LEVEL_STRIDES = (32, 16, 8)
MASK_STRIDE = 4


def sine_axis(length: int, features: int, temperature: float = 10000.0) -> Tensor:
    """(length, features) sine embedding of one axis: even feature sin, odd cos, positions scaled to (0, 2 pi]."""
    position = torch.arange(1, length + 1, dtype=torch.float64) / (length + 1e-6) * 2 * math.pi
    k = torch.arange(features, dtype=torch.float64)
    angle = position[:, None] / temperature ** (2 * (k // 2) / features)
    return torch.where(k.long() % 2 == 0, angle.sin(), angle.cos()).float()


def join_axes(y: Tensor, x: Tensor) -> Tensor:
    """(h, f) and (w, f) -> (h*w, 2f): the y part first, then the x part."""
    h, w = y.shape[0], x.shape[0]
    return torch.cat([y[:, None].expand(h, w, -1), x[None].expand(h, w, -1)], -1).flatten(0, 1)


def _cubic(x: Tensor, a: float = -0.5) -> Tensor:
    x = x.abs()
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return torch.where(x < 1, near, torch.where(x < 2, far, torch.zeros_like(x)))


def _linear(x: Tensor) -> Tensor:
    return (1 - x.abs()).clamp(min=0)


def resize_matrix(source: int, target: int, kind: MaskResize = "bicubic-antialias") -> Tensor:
    """(target, source) rows of resampling weights with half-pixel centres, clipped at the border and renormalised.

    `bicubic-antialias` is torch's antialiased bicubic (a = -0.5, support widened by the scale when shrinking);
    `bilinear` is torch's plain bilinear with align_corners False, no antialias.
    """
    scale = source / target
    centre = (torch.arange(target, dtype=torch.float64)[:, None] + 0.5) * scale
    column = torch.arange(source, dtype=torch.float64)[None]
    if kind == "bilinear":
        # Outside the first and last centre torch repeats the border sample.
        weights = _linear((centre - 0.5).clamp(0, source - 1) - column)
    else:
        filter_scale = max(scale, 1.0)
        support = 2.0 * filter_scale
        low = (centre - support + 0.5).floor().clamp(min=0)
        high = (centre + support + 0.5).floor().clamp(max=source)
        weights = _cubic((column + 0.5 - centre) / filter_scale) * ((column >= low) & (column < high))
    return (weights / weights.sum(1, keepdim=True)).float()


@dataclass(frozen=True)
class Geometry:
    """Host-computed inputs for a padded picture of height x width; index l = level, 0 the coarsest."""

    height: int
    width: int
    resize_y: tuple[Tensor, ...]
    resize_x: tuple[Tensor, ...]
    position_y: tuple[Tensor, ...]
    position_x: tuple[Tensor, ...]

    @staticmethod
    def of(height: int, width: int, dim: int, kind: MaskResize = "bicubic-antialias") -> "Geometry":
        if height % 32 or width % 32:
            raise ValueError(f"a padded picture has sides that are multiples of 32, not {height} x {width}")
        h4, w4 = height // MASK_STRIDE, width // MASK_STRIDE
        hs = [height // s for s in LEVEL_STRIDES]
        ws = [width // s for s in LEVEL_STRIDES]
        return Geometry(
            height,
            width,
            tuple(resize_matrix(h4, h, kind) for h in hs),
            tuple(resize_matrix(w4, w, kind) for w in ws),
            tuple(sine_axis(h, dim // 2) for h in hs),
            tuple(sine_axis(w, dim // 2) for w in ws),
        )

    def to(self, device: torch.device | str) -> "Geometry":
        move = lambda ts: tuple(t.to(device) for t in ts)  # noqa: E731
        return Geometry(
            self.height, self.width, move(self.resize_y), move(self.resize_x),
            move(self.position_y), move(self.position_x),
        )
