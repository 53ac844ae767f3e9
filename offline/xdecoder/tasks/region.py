"""The region that marks pick, at the picture's own size; what is small is looked at closer."""

import numpy as np
from torch import Tensor

from .closer import first_inside, part_around, put_back, within_part
from .marks import Marks, by_prompts, by_proposals
from .opened import Opened


def pick_region(
    opened: Opened, marks: Marks, scale: float | None = None, closer: float = 0.0
) -> tuple[np.ndarray, float]:
    """(H, W) bool and its score.

    scale: as `prompts.meant`; closer: share of the picture up to which a thing is looked at closer, 0: never. Raises
    ValueError where no positive mark lies on the picture.
    """
    found = _closer(opened, marks, scale, closer) if closer > 0 else None
    if found:
        return found
    mask, score = _answer(opened, marks, scale)
    return _solid(opened, mask), score


def _closer(opened: Opened, marks: Marks, scale: float | None, closer: float) -> tuple[np.ndarray, float] | None:
    """Where to look is told by the first click alone, so that those after it need not encode another part."""
    first = first_inside(marks, opened.picture.size)
    if first is None:
        return None
    x, y, _ = first.clicks[0]
    part = part_around(_answer(opened, first, scale)[0], (x, y), opened.picture, closer)
    inner = part and within_part(marks, part)
    if part is None or inner is None:
        return None
    seen = opened.closer(part)
    mask, score = _answer(seen, inner, scale)
    return put_back(_solid(seen, mask), part, opened.picture.size), score


def _answer(opened: Opened, marks: Marks, scale: float | None) -> tuple[Tensor, float]:
    """Mask logits (h, w) at stride 4, by visual prompts where the model takes them, else the proposal that fits."""
    if "prompt" in opened.runtime.info.roles:
        with opened.timed("prompt"):
            return by_prompts(opened.runtime, opened.features, opened.picture, marks, scale)
    return by_proposals(opened.base, opened.picture, marks)


def _solid(opened: Opened, mask: Tensor) -> np.ndarray:
    with opened.timed("head"):
        return (opened.full_size(mask[None])[0] > 0).numpy()
