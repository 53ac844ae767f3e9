"""What a finished model sees of photos, whole and squashed as those with sentences are."""

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from ..data.shards import Shards
from ..export.profiles import SQUARE
from ..model.decoder import Head, Memory
from ..model.xdecoder import XDecoder
from .pixels import Pixels
from .words import picture

READ = 16
SIDE = int(SQUARE["shortSide"])
Photo = tuple[Shards, str]


def photos_of(shards: Shards) -> list[Photo]:
    return [(shards, record["file"]) for record in shards.records]


@torch.no_grad()
def looked(
    model: XDecoder, photos: list[Photo], kept: Callable[[Memory, Tensor, Head], Tensor], *, flipped: bool
) -> Tensor:
    """(photos, C): what is kept (B, C) of the memory, the pooled backbone (B, C5) and the base pass's last head.

    Of each photo as it is, or in a mirror.
    """
    pixels, geometry, found = Pixels(model.config.preprocess), model.geometry(SIDE, SIDE), []
    for i in tqdm(range(0, len(photos), READ), desc="photos in a mirror" if flipped else "photos"):
        some = [shards.photo(file) for shards, file in photos[i : i + READ]]
        images = np.stack([np.asarray(photo.resize((SIDE, SIDE), Image.Resampling.BILINEAR)) for photo in some])
        shown = pixels(images[:, :, ::-1].copy() if flipped else images).to(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            memory, pooled = picture(model, shown, geometry)
            found.append(kept(memory, pooled, model.base(memory)[-1]).float())
    return torch.cat(found)
