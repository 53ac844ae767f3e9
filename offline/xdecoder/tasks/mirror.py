"""The picture and its mirror image seen by the same queries: an ensemble of two that needs no more weights.

A network that learnt from photos turned either way answers the two alike but not the same, and where they differ the
sum is more often right (docs/decisions/0014).
"""

import torch

from ..preprocess import Picture
from ..runtime import Prediction, Runtime


def both_ways(runtime: Runtime, picture: Picture, base: Prediction) -> Prediction:
    """The base pass of a picture, and after it that of its mirror image with its masks turned back: 2 Q queries.

    The padding is turned over too, so that masks (Q, H/4, W/4) turn back cell by cell.
    """
    other = runtime.base(runtime.image(picture.pixels.flip(-1)))
    return Prediction(torch.cat([base.masks, other.masks.flip(-1)]), torch.cat([base.embeddings, other.embeddings]))
