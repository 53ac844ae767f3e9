"""Referring quality on phrases generated from held-out label maps: IoU of the chosen mask."""

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..model.text_encoder import normalise
from ..model.xdecoder import XDecoder
from ..preprocess import prepare
from .segmentation import to_photo


@torch.no_grad()
def find(
    model: XDecoder, photo: Image.Image, ids: Tensor, background: Tensor, short_side: int, max_long_side: int
) -> tuple[np.ndarray, float]:
    """ids (1, T) of the phrase, background (d,) normalised -> (H, W) bool and the score of the match."""
    pixels, (w, h) = prepare(photo, model.config.preprocess, short_side, max_long_side)
    memory, _ = model.encode(pixels)
    tokens = model.text_encoder(ids)
    head = model.ground(memory, tokens)[-1]
    e = normalise(head.embeddings[0])
    phrase = normalise(model.text_encoder.sentence(ids, tokens))[0]
    best = int((e @ phrase).argmax())
    score = torch.sigmoid(model.logit_scale.exp() * (e[best] @ phrase - e[best] @ background))
    masks = to_photo(head.masks(memory.mask_features)[:, best : best + 1], pixels.shape[-2:], (w, h), photo.size)
    return (masks[0, 0] > 0).numpy(), float(score)
