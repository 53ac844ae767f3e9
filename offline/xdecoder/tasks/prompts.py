"""SEEM's visual prompts: a click, stroke, box, mask or part of another picture is a set of points (spec section 11)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..runtime import Features, Prediction, Runtime
from ..runtime.interface import VisualPrompt

MOST_POINTS = 512

# (y, x) as shares of the padded picture, and whether the wanted thing is there.
Click = tuple[float, float, bool]


def disc(size: tuple[int, int], y: float, x: float, radius: float = 5.0) -> Tensor:
    """Bool (H, W): a click, drawn as a filled disc."""
    rows = torch.arange(size[0])[:, None] - y
    columns = torch.arange(size[1])[None] - x
    return rows**2 + columns**2 <= radius**2


def box(size: tuple[int, int], y0: int, x0: int, y1: int, x1: int) -> Tensor:
    """Bool (H, W): rows y0..y1 - 1, columns x0..x1 - 1."""
    mask = torch.zeros(size, dtype=torch.bool)
    mask[y0:y1, x0:x1] = True
    return mask


def stroke(size: tuple[int, int], path: list[tuple[float, float]], radius: float = 3.0) -> Tensor:
    """Bool (H, W): the (y, x) path drawn with a round brush."""
    mask = torch.zeros(size, dtype=torch.bool)
    for (y0, x0), (y1, x1) in zip(path, path[1:] or path, strict=False):
        steps = max(1, int(max(abs(y1 - y0), abs(x1 - x0)) / max(radius, 1.0)) + 1)
        for i in range(steps + 1):
            t = i / steps
            mask |= disc(size, y0 + t * (y1 - y0), x0 + t * (x1 - x0), radius)
    return mask


def points_of(mask: Tensor) -> Tensor:
    """Bool mask (H, W) at the padded size -> (P, 2) as (y / H, x / W), at most 512, evenly spaced in raster order."""
    points = torch.nonzero(mask)
    if len(points) == 0:
        raise ValueError("the prompt marks no pixel of the picture")
    if len(points) > MOST_POINTS:
        points = points[torch.arange(MOST_POINTS) * len(points) // MOST_POINTS]
    return points / torch.tensor(mask.shape, dtype=torch.float32)


def visual_prompt(runtime: Runtime, features: Features, mask: Tensor, *, positive: bool = True) -> VisualPrompt:
    """A region of this picture, or of another one whose features are given (an example image)."""
    return runtime.visual_prompt(features, points_of(mask), positive=positive)


@dataclass(frozen=True)
class Picked:
    """scores (Q,) = mask embedding . mean mask feature under the positive prompts; mask (h, w) logits."""

    prediction: Prediction
    scores: Tensor
    query: int
    mask: Tensor


def without(mask: Tensor, masks: Tensor, clicks: Sequence[Click]) -> Tensor:
    """Mask logits (h, w) less what a person excludes.

    For each click that is not meant and still lies inside, the smallest of masks (Q, h, w) that has it inside, and none
    that is meant, is cut away.
    """
    h, w = mask.shape

    def under(inside: bool) -> list[tuple[int, int]]:
        return [(min(int(y * h), h - 1), min(int(x * w), w - 1)) for y, x, meant in clicks if meant == inside]

    others = torch.ones(len(masks), dtype=torch.bool)
    for y, x in under(True):
        others &= masks[:, y, x] <= 0
    area = (masks > 0).sum((1, 2))
    for y, x in under(False):
        there = others & (masks[:, y, x] > 0)
        if mask[y, x] > 0 and there.any():
            mask = torch.minimum(mask, -masks[int(area.masked_fill(~there, h * w + 1).argmin())])
    return mask


def pick(
    runtime: Runtime,
    features: Features,
    positive: list[VisualPrompt],
    negative: list[VisualPrompt] | None = None,
    clicks: Sequence[Click] = (),
) -> Picked:
    """The latent queries look at the prompts; the one nearest to what lies under them answers.

    What clicks exclude and is in the answer all the same is cut away, which the original does not do.
    """
    prediction = runtime.prompted(features, None, [*positive, *(negative or [])])
    if prediction.mask_embeddings is None:
        raise ValueError("this runtime gives no mask embeddings, which visual prompts are matched by")
    pooled = torch.stack([p.pooled for p in positive]).mean(0)
    scores = prediction.mask_embeddings @ pooled
    query = int(scores.argmax())
    return Picked(prediction, scores, query, without(prediction.masks[query], prediction.masks, clicks))
