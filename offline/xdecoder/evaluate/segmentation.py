"""Semantic quality on label maps: mean IoU and pixel accuracy."""

from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from torch import Tensor

from ..tasks.opened import Opened
from ..tasks.semantic import semantic_map
from .subject import Subject


@torch.inference_mode()
def semantic(subject: Subject, opened: Opened, table: Tensor) -> np.ndarray:
    """(H, W) class index. table (K + 1, d): normalised names, background last."""
    seen = subject.seen(opened, "semantic")
    return semantic_map(opened, seen, table, partial(subject.option, "semantic")).numpy()


@dataclass
class Confusion:
    """Accumulates (label, prediction) counts; label value 0 is ignored, value k + 1 is class k."""

    classes: int
    counts: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.counts = np.zeros((self.classes, self.classes), np.int64)

    def add(self, labels: np.ndarray, predicted: np.ndarray) -> None:
        known = labels > 0
        pairs = (labels[known].astype(np.int64) - 1) * self.classes + predicted[known]
        self.counts += np.bincount(pairs, minlength=self.classes**2).reshape(self.classes, self.classes)

    def iou(self) -> np.ndarray:
        """Per class; nan where a class occurs neither in labels nor in predictions of labelled pixels."""
        hit = np.diag(self.counts).astype(float)
        union = self.counts.sum(0) + self.counts.sum(1) - hit
        return np.where(self.counts.sum(1) > 0, hit / np.maximum(union, 1), np.nan)

    def pixel_accuracy(self) -> float:
        return float(np.diag(self.counts).sum() / max(self.counts.sum(), 1))
