"""Mask logits from stride 4 to the picture's own size."""

import torch.nn.functional as F
from torch import Tensor

from ..model.geometry import MaskResize


def resize(masks: Tensor, size: tuple[int, int], kind: MaskResize = "bicubic-antialias") -> Tensor:
    """(N, h, w) -> (N, *size), half-pixel centres."""
    if tuple(masks.shape[-2:]) == tuple(size) and kind == "bilinear":
        return masks
    antialias = kind == "bicubic-antialias"
    if antialias and size[1] == 1 < size[0]:
        # torch's CPU kernel gives every row of a single column the weights of the first row; a single row is right.
        return resize(masks.transpose(1, 2), (1, size[0]), kind).transpose(1, 2)
    mode = "bicubic" if antialias else "bilinear"
    return F.interpolate(masks[None], size, mode=mode, align_corners=False, antialias=antialias)[0]


def to_picture(
    masks: Tensor,
    padded: tuple[int, int],
    content: tuple[int, int],
    size: tuple[int, int],
    kind: MaskResize = "bicubic-antialias",
) -> Tensor:
    """Stride-4 logits (N, H/4, W/4) -> (N, *size): up to the padded input, cut the padding off, to the picture."""
    full = resize(masks, padded, kind)[:, : content[0], : content[1]]
    return full if content == size else resize(full.contiguous(), size, kind)
