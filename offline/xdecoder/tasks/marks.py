"""A region from clicks, a box, a stroke or a mask: by visual prompts where a model takes them, else by proposals."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..preprocess import Picture
from ..runtime import Features, Prediction, Runtime
from . import prompts
from .correct import Click, corrected, within
from .pick import choose

CLICK_RADIUS = 5.0
STROKE_RADIUS = 3.0
# Where in a box its thing surely is, as shares of its sides, and in how many places of a stroke.
INNER = ((0.5, 0.5), (0.3, 0.5), (0.7, 0.5), (0.5, 0.3), (0.5, 0.7))
ALONG = 5
MASK_STRIDE = 4
# Grey levels of a mask that are brighter than this are inside.
INSIDE = 127


@dataclass(frozen=True)
class Marks:
    """In pixels of the picture: clicks (x, y, 1 = inside or 0 = outside), box (x, y, width, height), stroke (x, y).

    mask: grey, of any size, white where the region is.
    """

    clicks: tuple[tuple[float, float, int], ...] = ()
    box: tuple[float, float, float, float] | None = None
    stroke: tuple[tuple[float, float], ...] = ()
    mask: Image.Image | None = None


def check_marks(marks: Marks, size: tuple[int, int]) -> str | None:
    """One sentence about what is wrong with marks on a picture of (height, width), or None."""
    places = [*(c[:2] for c in marks.clicks), *marks.stroke, marks.box or ()]
    if not all(math.isfinite(value) for place in places for value in place):
        return "a click, box or stroke has a coordinate that is no number"
    if marks.box and not (marks.box[2] > 0 and marks.box[3] > 0):
        return "the box is empty"
    if marks.mask and not (np.array(marks.mask) > INSIDE).any():
        return "the mask is empty"
    meant = [*((x, y) for x, y, inside in marks.clicks if inside), *marks.stroke]
    if not (meant or marks.box or marks.mask):
        return "nothing is pointed at: at least one click inside, a box, a stroke or a mask"
    boxed = marks.box is not None and on_picture(marks.box, size) is not None
    touched = boxed or marks.mask or any(lies_on(x, y, size) for x, y in meant)
    return None if touched else "what is pointed at lies outside the picture"


def lies_on(x: float, y: float, size: tuple[int, int]) -> bool:
    """Whether a place lies in a picture of (height, width)."""
    return 0 <= x < size[1] and 0 <= y < size[0]


Box = tuple[float, float, float, float]


def on_picture(box: Box, size: tuple[int, int]) -> Box | None:
    """The part of a box (x, y, width, height) that lies in a picture of (height, width); None where there is none."""
    x, y = max(0.0, box[0]), max(0.0, box[1])
    w, h = min(size[1], box[0] + box[2]) - x, min(size[0], box[1] + box[3]) - y
    return (x, y, w, h) if w > 0 and h > 0 else None


def half_up(value: float) -> int:
    """Rounds halves up, as the browser engine does."""
    return math.floor(value + 0.5)


class Drawn:
    """Bool maps (h, w) of a canvas on which the picture lies scaled to `content`; the rest stays unmarked."""

    def __init__(self, marks: Marks, size: tuple[int, int], content: tuple[int, int], canvas: tuple[int, int]) -> None:
        self.canvas = canvas
        y, x = content[0] / size[0], content[1] / size[1]
        at = [(cy * y, cx * x, inside) for cx, cy, inside in marks.clicks]
        self.positive = self._clicks([c for c in at if c[2]])
        self.negative = self._clicks([c for c in at if not c[2]])
        if marks.stroke:
            self._add(prompts.stroke(canvas, [(sy * y, sx * x) for sx, sy in marks.stroke], STROKE_RADIUS))
        if marks.mask:
            self._add(self._mask(marks.mask, content))
        self.box = None
        if marks.box and (part := on_picture(marks.box, size)):
            bx, by, w, h = part
            # One that touches the picture's edge by less than half a pixel still means that edge.
            y0, x0 = min(half_up(by * y), content[0] - 1), min(half_up(bx * x), content[1] - 1)
            y1, x1 = half_up((by + h) * y), half_up((bx + w) * x)
            self.box = prompts.box(canvas, y0, x0, max(y1, y0 + 1), max(x1, x0 + 1))

    def _clicks(self, clicks: list[tuple[float, float, int]]) -> Tensor | None:
        found = [prompts.disc(self.canvas, y, x, CLICK_RADIUS) for y, x, _ in clicks]
        return torch.stack(found).any(0) if found else None

    def _add(self, mask: Tensor) -> None:
        self.positive = mask if self.positive is None else self.positive | mask

    def _mask(self, grey: Image.Image, content: tuple[int, int]) -> Tensor:
        fed = grey.resize((content[1], content[0]), Image.Resampling.NEAREST)
        mask = torch.zeros(self.canvas, dtype=torch.bool)
        mask[: content[0], : content[1]] = torch.from_numpy(np.array(fed) > INSIDE)
        if not mask.any():
            # So thin that its nearest pixels leave it out: where its pixels fall.
            rows, columns = np.nonzero(np.array(grey) > INSIDE)
            mask[rows * content[0] // grey.height, columns * content[1] // grey.width] = True
        return mask


def to_obey(marks: Marks, size: tuple[int, int], content: tuple[int, int], padded: tuple[int, int]) -> list[Click]:
    """What an answer has to obey: clicks, and as such what a box without clicks and a stroke surely mean; nothing off
    the picture of `size`.
    """
    meant: list[tuple[float, float]] = []
    if marks.box and not marks.clicks and (part := on_picture(marks.box, size)):
        x, y, w, h = part
        meant += [(x + across * w, y + down * h) for across, down in INNER]
    count = min(ALONG, len(marks.stroke))
    meant += [marks.stroke[k * (len(marks.stroke) - 1) // max(1, count - 1)] for k in range(count)]
    everywhere = [*marks.clicks, *((x, y, 1) for x, y in meant)]
    places = [(x, y, inside) for x, y, inside in everywhere if lies_on(x, y, size)]
    across, down = content[1] / size[1], content[0] / size[0]
    return [(y * down / padded[0], x * across / padded[1], bool(inside)) for x, y, inside in places]


def _on_masks(marks: Marks, picture: Picture, canvas: tuple[int, int]) -> Drawn:
    """Drawn where the masks are."""
    content = (max(1, picture.content[0] // MASK_STRIDE), max(1, picture.content[1] // MASK_STRIDE))
    return Drawn(marks, picture.size, content, canvas)


def by_prompts(
    runtime: Runtime, features: Features, picture: Picture, marks: Marks, scale: float | None
) -> tuple[Tensor, float]:
    """Mask logits (h, w) at stride 4, and the chosen query's matching logit as a probability.

    The marks are visual prompts to the decoder, those off the picture none. scale: as `prompts.meant`. Raises
    ValueError where no positive one is left.
    """
    drawn = Drawn(marks, picture.size, picture.content, picture.padded)
    inside = [m for m in (drawn.positive, drawn.box) if m is not None and m.any()]
    if not inside:
        raise ValueError("the marks lie outside the picture")
    positive = [prompts.visual_prompt(runtime, features, m) for m in inside]
    negative = []
    if drawn.negative is not None and drawn.negative.any():
        negative = [prompts.visual_prompt(runtime, features, drawn.negative, positive=False)]
    canvas = (picture.padded[0] // MASK_STRIDE, picture.padded[1] // MASK_STRIDE)
    box = _on_masks(Marks(box=marks.box), picture, canvas).box
    clicks = to_obey(marks, picture.size, picture.content, picture.padded)
    picked = prompts.pick(runtime, features, positive, negative, clicks, scale, box)
    return picked.mask, float(picked.scores[picked.query].sigmoid())


def by_proposals(prediction: Prediction, picture: Picture, marks: Marks) -> tuple[Tensor, float]:
    """Mask logits (h, w) at stride 4 of the base pass's proposal that fits, and how well it does."""
    # The image query, the last one, is no proposal.
    masks = prediction.masks[:-1]
    drawn = _on_masks(marks, picture, (masks.shape[-2], masks.shape[-1]))
    fit = choose(masks, drawn.positive, drawn.negative, drawn.box)
    best = int(fit.argmax())
    mask = corrected(masks[best], prediction.masks, to_obey(marks, picture.size, picture.content, picture.padded))
    return within(mask, drawn.box), float(fit[best])
