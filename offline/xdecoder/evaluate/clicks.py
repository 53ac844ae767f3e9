"""Mask IoU after clicks, each at the middle of the largest error (SEEM's protocol; spec section 11), and in a box."""

import numpy as np
import torch
from scipy import ndimage

from ..tasks.marks import Marks
from ..tasks.opened import Opened
from ..tasks.region import pick_region
from .subject import Subject


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
def pick(subject: Subject, opened: Opened, marks: Marks) -> np.ndarray:
    """(H, W) bool, as the pack's `pick` answers."""
    scale, closer = (subject.option("pick", name, 0) for name in ("scoreScale", "closer"))
    return pick_region(opened, marks, scale or None, closer)[0]


def _iou(mask: np.ndarray, truth: np.ndarray, known: np.ndarray) -> float:
    return float((mask & truth & known).sum() / max(((mask | truth) & known).sum(), 1))


def after_clicks(
    subject: Subject, opened: Opened, truth: np.ndarray, known: np.ndarray, count: int = 3
) -> list[float]:
    """IoU over known pixels after each click on the region `truth`, both bool (H, W)."""
    clicks: list[tuple[float, float, int]] = []
    mask = np.zeros_like(truth)
    ious = []
    for _ in range(count):
        (y, x), inside = next_click(truth, mask, known)
        clicks.append((x, y, int(inside)))
        mask = pick(subject, opened, Marks(clicks=tuple(clicks)))
        ious.append(_iou(mask, truth, known))
    return ious


def in_a_box(subject: Subject, opened: Opened, truth: np.ndarray, known: np.ndarray) -> tuple[float, float]:
    """IoU over known pixels of what the box around the region `truth` gives, and of all that lies in the box."""
    rows, columns = np.flatnonzero(truth.any(1)), np.flatnonzero(truth.any(0))
    y0, x0, y1, x1 = int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
    filled = np.zeros_like(truth)
    filled[y0:y1, x0:x1] = True
    mask = pick(subject, opened, Marks(box=(x0, y0, x1 - x0, y1 - y0)))
    return _iou(mask, truth, known), _iou(filled, truth, known)
