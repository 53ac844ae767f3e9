"""Semantic quality on label maps: mean IoU and pixel accuracy."""

from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from ..model.text_encoder import similarity
from ..model.xdecoder import XDecoder
from ..preprocess import prepare


@dataclass
class Seen:
    """What the decoder says about one photo: class probabilities (Q, K + 1) and mask logits at the photo's size."""

    probabilities: Tensor
    masks: Tensor


@torch.no_grad()
def look(model: XDecoder, photo: Image.Image, table: Tensor, short_side: int, max_long_side: int) -> Seen:
    """One base pass. table (K + 1, d): normalised names, background last."""
    pixels, (w, h) = prepare(photo, model.config.preprocess, short_side, max_long_side)
    memory, _ = model.encode(pixels)
    head = model.base(memory)[-1]
    scores = similarity(head.embeddings, table, model.logit_scale.exp())[0].softmax(-1)
    masks = to_photo(head.masks(memory.mask_features), pixels.shape[-2:], (w, h), photo.size)
    return Seen(scores, masks[0])


def to_photo(masks: Tensor, padded: tuple[int, int], inner: tuple[int, int], size: tuple[int, int]) -> Tensor:
    """Stride-4 logits -> padded size -> without the padding -> (height, width) of the photo; antialiased bicubic."""
    masks = F.interpolate(masks, padded, mode="bicubic", antialias=True)[..., : inner[1], : inner[0]]
    return F.interpolate(masks, (size[1], size[0]), mode="bicubic", antialias=True)


def semantic(seen: Seen) -> np.ndarray:
    """(H, W) class index: sum over queries of class probability x mask probability, background left out."""
    return torch.einsum("qk,qhw->khw", seen.probabilities[:, :-1], seen.masks.sigmoid()).argmax(0).numpy()


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
