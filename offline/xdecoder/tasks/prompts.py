"""SEEM's visual prompts: a click, stroke, box, mask or part of another picture is a set of points (spec section 11)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..runtime import Features, Prediction, Runtime
from ..runtime.interface import VisualPrompt
from .correct import Click, corrected, within
from .pick import choose

MOST_POINTS = 512
# Of the models trained here. A score is a mean mask logit, ten and more: as it is, one query alone would answer, and in
# training the softmax over queries would have next to no gradient.
SCORE_SCALE = 0.25


def disc(size: tuple[int, int], y: float, x: float, radius: float = 5.0) -> Tensor:
    """Bool (H, W): a click, drawn as a filled disc."""
    rows = torch.arange(size[0])[:, None] - y
    columns = torch.arange(size[1])[None] - x
    return rows**2 + columns**2 <= radius**2


def box(size: tuple[int, int], y0: int, x0: int, y1: int, x1: int) -> Tensor:
    """Bool (H, W): rows y0..y1 - 1, columns x0..x1 - 1, as far as they are there."""
    mask = torch.zeros(size, dtype=torch.bool)
    # A negative bound of a slice would count from the other edge.
    mask[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = True
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


def meant(masks: Tensor, scores: Tensor, scale: float | None) -> Tensor:
    """(Q, h, w) logits and scores (Q,) -> (h, w): their mean, each as much as its query is meant.

    scale: of scores before their softmax; None as in the original, the best query's mask alone.
    """
    if scale is None:
        return masks[int(scores.argmax())]
    return torch.einsum("q,qhw->hw", (scale * scores).softmax(0), masks)


def pick(
    runtime: Runtime,
    features: Features,
    positive: list[VisualPrompt],
    negative: list[VisualPrompt] | None = None,
    clicks: Sequence[Click] = (),
    scale: float | None = None,
    box: Tensor | None = None,
) -> Picked:
    """The latent queries look at the prompts; those near what lies under them answer (`meant`).

    Clicks are obeyed. With a box, bool (h, w) where the masks are, the mask that fits it best answers, and nothing
    outside belongs to it. The original's answer is the nearest query's mask, whatever side the marks are on.
    """
    prediction = runtime.prompted(features, None, [*positive, *(negative or [])])
    if prediction.mask_embeddings is None:
        raise ValueError("this runtime gives no mask embeddings, which visual prompts are matched by")
    pooled = torch.stack([p.pooled for p in positive]).mean(0)
    scores = prediction.mask_embeddings @ pooled
    masks = prediction.masks
    query = int(scores.argmax() if box is None else choose(masks[:-1], None, None, box).argmax())
    start = meant(masks, scores, scale) if box is None else masks[query]
    return Picked(prediction, scores, query, within(corrected(start, masks, clicks), box))
