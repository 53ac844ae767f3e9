"""What the model knew before, of photos that nobody labelled, seen both ways (`tasks.mirror`).

The picture and its mirror image together name more of a photo right than either does. On photos that only the teachers
of a few names have labelled, the model learns to say so by itself (docs/decisions/0015).
"""

import torch
from torch import Tensor

from ..data.names import VOCABULARIES
from ..model.text_encoder import normalise
from ..model.xdecoder import XDecoder
from .points import sample_features
from .text import Ids, embed_all

VOCABULARY = "ade150"


def said(embeddings: Tensor, mask_embeddings: Tensor, features: Tensor, table: Tensor, scale: Tensor) -> Tensor:
    """Names' probabilities (B, P, K) at points, as the semantic head adds them up where every pixel has a name.

    embeddings (B, Q, d), mask_embeddings (B, Q, C) of a head; features (B, C, P) at the points; table (K, d): the
    names, normalised.
    """
    named = (scale * normalise(embeddings.float()) @ table.T).softmax(-1)
    inside = (mask_embeddings.float() @ features).sigmoid()
    sums = inside.transpose(1, 2) @ named
    return sums / sums.sum(-1, keepdim=True).clamp(min=1e-6)


class Elder:
    """A model as it was where a training began; it stays so."""

    def __init__(self, model: XDecoder, ids: Ids) -> None:
        self.model = model.requires_grad_(False).eval()
        with torch.no_grad():
            self.table = normalise(embed_all(model.text_encoder, VOCABULARIES[VOCABULARY], ids).float())

    @torch.no_grad()
    def __call__(self, pixels: Tensor, points: Tensor) -> Tensor:
        """Square pictures (B, 3, side, side), points (B, P) as pixel indices -> `said` of both ways, their mean."""
        side = pixels.shape[-1]
        turned = points // side * side + side - 1 - points % side
        return (self._one_way(pixels, points) + self._one_way(pixels.flip(-1), turned)) / 2

    def _one_way(self, pixels: Tensor, points: Tensor) -> Tensor:
        model, side = self.model, pixels.shape[-1]
        geometry = model.geometry(side, side).to(pixels.device)
        with torch.autocast(pixels.device.type, torch.bfloat16):
            memory = model.decoder.remember(*model.pixel_decoder(model.backbone(pixels), geometry), geometry)
            head = model.base(memory)[-1]
        features = sample_features(memory.mask_features.float(), points, (side, side))
        return said(head.embeddings, head.mask_embeddings, features, self.table, model.logit_scale.exp().clamp(max=100))
