"""Clicks, boxes, strokes and masks of a request, and the region that they pick."""

import math
from dataclasses import replace

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..preprocess import Picture, read_image
from ..tasks import prompts
from ..tasks.correct import Click, corrected, within
from ..tasks.pick import choose
from .requests import Request
from .session import Opened, Session

CLICK_RADIUS = 5.0
STROKE_RADIUS = 3.0
# Where in a box its thing surely is, as shares of its sides, and in how many places of a stroke.
INNER = ((0.5, 0.5), (0.3, 0.5), (0.7, 0.5), (0.5, 0.3), (0.5, 0.7))
ALONG = 5
MASK_STRIDE = 4


def half_up(value: float) -> int:
    """Rounds halves up, as the browser engine does."""
    return math.floor(value + 0.5)


class Marks:
    """Bool maps (h, w) of a canvas on which the picture lies scaled to `content`; the rest stays unmarked."""

    def __init__(
        self, request: Request, size: tuple[int, int], content: tuple[int, int], canvas: tuple[int, int]
    ) -> None:
        self.canvas = canvas
        y, x = content[0] / size[0], content[1] / size[1]
        at = [(cy * y, cx * x, inside) for cx, cy, inside in request.clicks]
        self.positive = self._clicks([c for c in at if c[2]])
        self.negative = self._clicks([c for c in at if not c[2]])
        if request.stroke:
            self._add(prompts.stroke(canvas, [(sy * y, sx * x) for sx, sy in request.stroke], STROKE_RADIUS))
        if request.mask:
            self._add(self._mask(request.mask, content))
        self.box = None
        if request.box:
            bx, by, w, h = request.box
            low, high = (half_up(by * y), half_up(bx * x)), (half_up((by + h) * y), half_up((bx + w) * x))
            self.box = prompts.box(canvas, low[0], low[1], max(high[0], low[0] + 1), max(high[1], low[1] + 1))

    def _clicks(self, clicks: list[tuple[float, float, int]]) -> Tensor | None:
        found = [prompts.disc(self.canvas, y, x, CLICK_RADIUS) for y, x, _ in clicks]
        return torch.stack(found).any(0) if found else None

    def _add(self, mask: Tensor) -> None:
        self.positive = mask if self.positive is None else self.positive | mask

    def _mask(self, path: str, content: tuple[int, int]) -> Tensor:
        grey = read_image(path).convert("L").resize((content[1], content[0]), Image.Resampling.NEAREST)
        mask = torch.zeros(self.canvas, dtype=torch.bool)
        mask[: content[0], : content[1]] = torch.from_numpy(np.array(grey) > 127)
        return mask


def to_obey(
    request: Request, size: tuple[int, int], content: tuple[int, int], padded: tuple[int, int]
) -> list[Click]:
    """What an answer has to obey: clicks, and as such what a box without clicks and a stroke surely mean."""
    meant: list[tuple[float, float]] = []
    if request.box and not request.clicks:
        x, y, w, h = request.box
        meant += [(x + across * w, y + down * h) for across, down in INNER]
    count = min(ALONG, len(request.stroke))
    meant += [request.stroke[k * (len(request.stroke) - 1) // max(1, count - 1)] for k in range(count)]
    places = [*request.clicks, *((x, y, 1) for x, y in meant)]
    across, down = content[1] / size[1], content[0] / size[0]
    return [(y * down / padded[0], x * across / padded[1], bool(inside)) for x, y, inside in places]


def _by_prompts(session: Session, opened: Opened, request: Request) -> tuple[Tensor, float]:
    """The marks are visual prompts to the decoder; the score is the chosen query's matching logit as a probability."""
    p = opened.picture
    marks = Marks(request, p.size, p.content, p.padded)
    inside = [m for m in (marks.positive, marks.box) if m is not None]
    with session.timed("prompt"):
        positive = [prompts.visual_prompt(session.runtime, opened.features, m) for m in inside]
        negative = []
        if marks.negative is not None:
            negative = [prompts.visual_prompt(session.runtime, opened.features, marks.negative, positive=False)]
        scale = session.sizes.option("pick", "scoreScale", 0.0) or None
        canvas = (p.padded[0] // MASK_STRIDE, p.padded[1] // MASK_STRIDE)
        box = _on_masks(replace(request, clicks=(), stroke=(), mask=None), p, canvas).box
        clicks = to_obey(request, p.size, p.content, p.padded)
        picked = prompts.pick(session.runtime, opened.features, positive, negative, clicks, scale, box)
    return picked.mask, float(picked.scores[picked.query].sigmoid())


def _on_masks(request: Request, picture: Picture, canvas: tuple[int, int]) -> Marks:
    """Marks where the masks are."""
    content = (max(1, picture.content[0] // MASK_STRIDE), max(1, picture.content[1] // MASK_STRIDE))
    return Marks(request, picture.size, content, canvas)


def _by_proposals(session: Session, opened: Opened, request: Request) -> tuple[Tensor, float]:
    """Without visual prompts, the base pass's proposals at stride 4; the image query is none."""
    p = opened.picture
    all_masks = session.base(opened).masks
    masks = all_masks[:-1]
    marks = _on_masks(request, p, (masks.shape[-2], masks.shape[-1]))
    fit = choose(masks, marks.positive, marks.negative, marks.box)
    best = int(fit.argmax())
    mask = corrected(masks[best], all_masks, to_obey(request, p.size, p.content, p.padded))
    return within(mask, marks.box), float(fit[best])


def pick_mask(session: Session, request: Request) -> tuple[np.ndarray, float]:
    """(H, W) bool at the picture's size and a score."""
    opened = session.open(request.image, "pick")
    find = _by_prompts if "prompt" in session.runtime.info.roles else _by_proposals
    mask, score = find(session, opened, request)
    with session.timed("head"):
        return (session.full_size(opened, mask[None])[0] > 0).numpy(), score
