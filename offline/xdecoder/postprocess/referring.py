"""Referring segmentation: the query nearest to the phrase gives the mask."""

import torch
from torch import Tensor

from ..model.text_encoder import similarity

MAX_SCALE = 100.0


def best_query(embeddings: Tensor, sentence: Tensor, logit_scale: float) -> tuple[int, Tensor]:
    """Embeddings (R, d), sentence (d,) -> chosen row and similarities (R,), their scale clamped to 100."""
    scores = similarity(embeddings[None], sentence[None], min(logit_scale, MAX_SCALE))[0, :, 0]
    return int(scores.argmax()), scores


def foreground(mask: Tensor) -> Tensor:
    """Logits -> bool."""
    return torch.gt(mask, 0)
