"""Mask IoU after one and three clicks, each at the middle of the largest error (SEEM's protocol; spec section 11)."""

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from ..export.profiles import DEFAULT
from ..tasks import prompts
from ..tasks.correct import corrected
from ..tasks.pick import choose
from .subject import Looked, Subject


def next_click(truth: np.ndarray, mask: np.ndarray, known: np.ndarray) -> tuple[tuple[int, int], bool]:
    """(y, x) at the middle of the largest wrong part, and whether it should be inside."""
    best, at, inside = -1.0, (0, 0), True
    for wrong, positive in ((truth & ~mask & known, True), (mask & ~truth & known, False)):
        depth = ndimage.distance_transform_edt(np.pad(wrong, 1))[1:-1, 1:-1]
        if depth.max() > best:
            y, x = np.unravel_index(int(depth.argmax()), depth.shape)
            best, at, inside = float(depth.max()), (int(y), int(x)), positive
    return at, inside


@torch.inference_mode()
def pick(subject: Subject, looked: Looked, clicks: list[tuple[tuple[int, int], bool]]) -> np.ndarray:
    """(H, W) bool: by visual prompts where the model takes them, else the proposal that fits."""
    picture, runtime = looked.picture, subject.runtime
    prompted = "prompt" in runtime.info.roles
    prediction = None if prompted else subject.base(looked)
    canvas = picture.padded if prediction is None else tuple(prediction.masks.shape[-2:])
    scale = [c / s * k / p for c, s, k, p in zip(picture.content, picture.size, canvas, picture.padded, strict=True)]

    def drawn(wanted: bool) -> Tensor | None:
        discs = [
            prompts.disc((canvas[0], canvas[1]), y * scale[0], x * scale[1])
            for (y, x), inside in clicks
            if inside == wanted
        ]
        return torch.stack(discs).any(0) if discs else None

    yes, no = drawn(True), drawn(False)
    at = [(y * scale[0] / canvas[0], x * scale[1] / canvas[1], inside) for (y, x), inside in clicks]
    assert yes is not None
    if prediction is None:
        positive = [prompts.visual_prompt(runtime, looked.features, yes)]
        negative = [] if no is None else [prompts.visual_prompt(runtime, looked.features, no, positive=False)]
        mask = prompts.pick(runtime, looked.features, positive, negative, at, DEFAULT.score_scale).mask
    else:
        masks = prediction.masks[:-1]
        mask = corrected(masks[int(choose(masks, yes, no).argmax())], prediction.masks, at)
    return (subject.full_size(looked, mask[None])[0] > 0).numpy()


def after_clicks(
    subject: Subject, looked: Looked, truth: np.ndarray, known: np.ndarray, count: int = 3
) -> list[float]:
    """IoU over known pixels after each click on the region `truth`, both bool (H, W)."""
    clicks: list[tuple[tuple[int, int], bool]] = []
    mask = np.zeros_like(truth)
    ious = []
    for _ in range(count):
        clicks.append(next_click(truth, mask, known))
        mask = pick(subject, looked, clicks)
        ious.append(float((mask & truth & known).sum() / max(((mask | truth) & known).sum(), 1)))
    return ious
