"""A picture encoded at one size, and what its tasks share: each pass is computed once, when first asked for."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property

import torch
from PIL import Image
from torch import Tensor

from ..postprocess import to_picture
from ..preprocess import InputSize, Picture, Resample, open_picture
from ..runtime import Features, Prediction, Runtime
from .closer import Part
from .mirror import both_ways

# Of a stage's name ("base", "mirror"), what counts its time.
Timed = Callable[[str], AbstractContextManager[None]]


def _untimed(_: str) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass
class Opened:
    """size, resample: that it was encoded with; photo: the picture itself, read again where it is not at hand."""

    runtime: Runtime
    picture: Picture
    features: Features
    size: InputSize
    resample: Resample
    photo: Callable[[], Image.Image]
    timed: Timed = _untimed
    _both: dict[InputSize, Prediction] = field(default_factory=dict)
    _parts: dict[Part, "Opened"] = field(default_factory=dict)

    @cached_property
    def base(self) -> Prediction:
        """What the latent queries answer."""
        with self.timed("base"):
            return self.runtime.base(self.features)

    def seen(self, mirrored: InputSize | None) -> Prediction:
        """That, and with a size what they answer to the mirror image at it as well."""
        if mirrored is None:
            return self.base
        if mirrored not in self._both:
            base, picture = self.base, self.picture
            if mirrored != self.size:
                with self.timed("decode"):
                    picture = open_picture(self.photo(), mirrored, self.runtime.info.preprocess, self.resample)
            with self.timed("mirror"):
                self._both[mirrored] = both_ways(self.runtime, self.picture, base, picture)
        return self._both[mirrored]

    def closer(self, part: Part) -> "Opened":
        """A part as a picture of its own, at the same size."""
        if part not in self._parts:
            right, bottom = part.left + part.side, part.top + part.side
            with self.timed("decode"):
                cut = self.photo().crop((part.left, part.top, right, bottom))
                picture = open_picture(cut, self.size, self.runtime.info.preprocess, self.resample)
            with self.timed("image"):
                features = self.runtime.image(picture.pixels)
            self._parts[part] = Opened(
                self.runtime, picture, features, self.size, self.resample, lambda: cut, self.timed
            )
        return self._parts[part]

    def even(self, colour: Tensor) -> Features:
        """Of a picture of one colour (3,), normalised, at the same size; nothing of it is kept."""
        pixels, (height, width) = torch.zeros_like(self.picture.pixels), self.picture.content
        pixels[0, :, :height, :width] = colour[:, None, None]
        with self.timed("image"):
            return self.runtime.image(pixels)

    def full_size(self, masks: Tensor) -> Tensor:
        """(N, H/4, W/4) logits -> (N, height, width) of the picture."""
        p = self.picture
        return to_picture(masks, p.padded, p.content, p.size, self.runtime.info.mask_resize)
