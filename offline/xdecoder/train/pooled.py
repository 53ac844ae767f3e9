"""What the small teachers see of a photo."""

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from ..data.shards import Shards
from ..model.xdecoder import XDecoder
from .pixels import Pixels


@torch.no_grad()
def pooled(model: XDecoder, shards: Shards, files: list[str], side: int) -> Tensor:
    """(files, C5): the mean of each photo's coarsest map, the photo squashed to (side, side)."""
    pixels, out, batch = Pixels(model.config.preprocess), [], 16
    for i in tqdm(range(0, len(files), batch), desc="photos"):
        photos = [shards.photo(f).resize((side, side)) for f in files[i : i + batch]]
        images = pixels(np.stack([np.asarray(p) for p in photos])).to(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            out.append(model.backbone(images)[3].float().mean((2, 3)))
    return torch.cat(out)
