"""The picture and its mirror image seen by the same queries: an ensemble of two that needs no more weights.

A network that learnt from photos turned either way and at many sizes answers the two alike but not the same, and where
they differ the sum is more often right (docs/decisions/0014, 0016).
"""

import torch
from torch import Tensor

from ..preprocess import Picture
from ..runtime import Prediction, Runtime


def both_ways(runtime: Runtime, picture: Picture, base: Prediction, mirrored: Picture) -> Prediction:
    """The base pass of a picture, and after it that of the mirror image of `mirrored` with its masks turned back and
    brought to the same cells: 2 Q queries.

    mirrored: the same picture, upright, at the same size or another. The padding is turned over too, so that masks
    (Q, H/4, W/4) turn back cell by cell.
    """
    other = runtime.base(runtime.image(mirrored.pixels.flip(-1)))
    back = other.masks.flip(-1)
    (height, width), (h, w) = base.masks.shape[-2:], back.shape[-2:]
    rows = _cells(h, height, mirrored.content[0] / picture.content[0])
    columns = _cells(w, width, mirrored.content[1] / picture.content[1])
    masks = torch.cat([base.masks, rows @ back @ columns.T])
    return Prediction(masks, torch.cat([base.embeddings, other.embeddings]))


def _cells(source: int, target: int, scale: float) -> Tensor:
    """(target, source) weights of a linear interpolation; scale: cells of the source to one of the target."""
    at = ((torch.arange(target, dtype=torch.float64) + 0.5) * scale - 0.5).clamp(0, source - 1)
    distance = (at[:, None] - torch.arange(source, dtype=torch.float64)[None]).abs()
    return (1 - distance).clamp(min=0).float()
