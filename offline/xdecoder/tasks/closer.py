"""A closer look at what is small: the part of the picture around it, as a picture of its own (docs/decisions/0015).

What fills a few cells of the masks is seen at a fourth of its detail or less. The zoom-in of interactive segmentation
(Sofiiuk et al., "Reviving iterative training with mask guidance", 2022) encodes the part that matters once more.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage
from torch import Tensor

from ..preprocess import Picture
from .marks import MASK_STRIDE, Marks, half_up, lies_on

# Sides of the part: of what was found so many, and of the picture's short side at least so much. A part of nearly all
# of the picture would show nothing better.
GROWN, LEAST, MOST = 2.0, 0.25, 0.8


@dataclass(frozen=True)
class Part:
    """A square of a picture, in its pixels."""

    left: int
    top: int
    side: int

    def shows(self, x: float, y: float) -> bool:
        return lies_on(x - self.left, y - self.top, (self.side, self.side))


def part_around(mask: Tensor, click: tuple[float, float], picture: Picture, largest: float) -> Part | None:
    """Where to look closer at what lies under a click (x, y), in pixels of the picture.

    mask: logits (h, w) at stride 4. None where the connected thing under the click takes more than `largest` of the
    picture, or where nothing was found there.
    """
    content, (height, width) = picture.content, picture.size
    rows, columns = (math.ceil(side / MASK_STRIDE) for side in content)
    parts, _ = ndimage.label((mask[:rows, :columns] > 0).numpy())
    x, y = click
    row = min(int(y * content[0] / height / MASK_STRIDE), rows - 1)
    column = min(int(x * content[1] / width / MASK_STRIDE), columns - 1)
    thing = parts == parts[row, column]
    if parts[row, column] == 0 or thing.sum() > largest * rows * columns:
        return None
    found_y, found_x = np.flatnonzero(thing.any(1)), np.flatnonzero(thing.any(0))
    down, across = MASK_STRIDE * height / content[0], MASK_STRIDE * width / content[1]
    top, bottom = float(found_y[0] * down), float((found_y[-1] + 1) * down)
    left, right = float(found_x[0] * across), float((found_x[-1] + 1) * across)
    short = min(height, width)
    side = max(1, half_up(max(GROWN * (bottom - top), GROWN * (right - left), LEAST * short)))
    if side > MOST * short:
        return None
    starts = (half_up((low + high - side) / 2) for low, high in ((left, right), (top, bottom)))
    at = [min(max(0, start), of - side) for start, of in zip(starts, (width, height), strict=True)]
    return Part(*at, side)


def first_inside(marks: Marks, size: tuple[int, int]) -> Marks | None:
    """The first click on the thing alone: where it is, whatever is corrected later. None for marks of other kinds, and
    where no such click lies on the picture of (height, width).
    """
    if marks.box or marks.stroke or marks.mask:
        return None
    return next((Marks(clicks=((x, y, 1),)) for x, y, inside in marks.clicks if inside and lies_on(x, y, size)), None)


def within_part(marks: Marks, part: Part) -> Marks | None:
    """Clicks in pixels of the part; None where one lies outside."""
    if not all(part.shows(x, y) for x, y, _ in marks.clicks):
        return None
    return replace(marks, clicks=tuple((x - part.left, y - part.top, inside) for x, y, inside in marks.clicks))


def put_back(mask: np.ndarray, part: Part, size: tuple[int, int]) -> np.ndarray:
    """Mask of the part (side, side) bool -> (height, width) of the picture, nothing around the part."""
    whole = np.zeros(size, bool)
    whole[part.top : part.top + part.side, part.left : part.left + part.side] = mask
    return whole
