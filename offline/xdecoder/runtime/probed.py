"""What a pack's self-check compares, by its names in the probe: made once from PyTorch, then by whoever checks."""

import numpy as np
from torch import Tensor

from ..preprocess import normalise_pixels
from .interface import Runtime


def outputs(runtime: Runtime, image: np.ndarray, ids: Tensor) -> dict[str, Tensor]:
    """Of a picture (H, W, 3) uint8 and texts' ids (N, T), of which the first is a phrase about it."""
    features = runtime.image(normalise_pixels(image, runtime.info.preprocess))
    base, tokens = runtime.base(features), runtime.text(ids)
    made = {
        "image.mask_features": features.memory.mask_features,
        "base.masks": base.masks,
        "base.embeddings": base.embeddings,
        "text.tokens": tokens,
    }
    if "ground" in runtime.info.roles:
        ground = runtime.ground(features, tokens[0])
        made |= {"ground.masks": ground.masks, "ground.embeddings": ground.embeddings}
    if features.image_embedding is not None:
        made["image.image_embedding"] = features.image_embedding
    if base.image_query is not None:
        made["base.image_query"] = base.image_query
    return made
