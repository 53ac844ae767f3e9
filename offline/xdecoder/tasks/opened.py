"""A picture encoded at one size, and what its tasks share: each pass is computed once, when first asked for."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from ..postprocess import to_picture
from ..preprocess import InputSize, Picture
from ..runtime import Features, Prediction, Runtime
from .mirror import both_ways

# Of a stage's name ("base", "mirror"), what counts its time.
Timed = Callable[[str], AbstractContextManager[None]]


def _untimed(_: str) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass
class Opened:
    """size: that it was encoded for."""

    runtime: Runtime
    picture: Picture
    features: Features
    size: InputSize
    timed: Timed = _untimed

    @cached_property
    def base(self) -> Prediction:
        """What the latent queries answer."""
        with self.timed("base"):
            return self.runtime.base(self.features)

    @cached_property
    def both_ways(self) -> Prediction:
        """That and what they answer to the mirror image."""
        base = self.base
        with self.timed("mirror"):
            return both_ways(self.runtime, self.picture, base)

    def full_size(self, masks: Tensor) -> Tensor:
        """(N, H/4, W/4) logits -> (N, height, width) of the picture."""
        p = self.picture
        return to_picture(masks, p.padded, p.content, p.size, self.runtime.info.mask_resize)
