"""From a picture file to normalised, padded pixels, and the geometry that leads back (spec section 2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from .model.config import PreprocessConfig

Resample = Literal["bilinear", "bicubic"]
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


class ImageError(ValueError):
    """A file that is not a picture that can be read."""


@dataclass(frozen=True)
class InputSize:
    """How a task wants its picture. `square` squashes to short_side x short_side; short_side 0 leaves it as it is.

    Two official rules: both sides rounded half up after a cap on the long one (evaluation, and every pack), or the
    long side truncated and no cap (`demo`).
    """

    short_side: int
    max_long_side: int | None = None
    square: bool = False
    demo: bool = False

    @staticmethod
    def of_entry(entry: Mapping[str, Any]) -> "InputSize":
        """Of a manifest's `sizes`."""
        return InputSize(entry["shortSide"], entry.get("maxLongSide"), bool(entry.get("square")))

    def of(self, height: int, width: int) -> tuple[int, int]:
        """Picture size -> (height, width) fed to the network before padding."""
        if self.short_side == 0:
            return height, width
        if self.square:
            return self.short_side, self.short_side
        short, long = min(height, width), max(height, width)
        if self.demo:
            target = int(self.short_side * long / short)
            return (self.short_side, target) if height <= width else (target, self.short_side)
        scale = self.short_side / short
        if self.max_long_side is not None and long * scale > self.max_long_side:
            scale = self.max_long_side / long
        return max(1, int(height * scale + 0.5)), max(1, int(width * scale + 0.5))


@dataclass(frozen=True)
class Picture:
    """pixels (1, 3, H, W) normalised and padded; `content` = (h, w) before padding, `size` = the file's own."""

    pixels: Tensor
    content: tuple[int, int]
    size: tuple[int, int]

    @property
    def padded(self) -> tuple[int, int]:
        return self.pixels.shape[-2], self.pixels.shape[-1]


def _rgb(image: Image.Image, background: str) -> Image.Image:
    """8-bit RGB; transparency lies on the background, 16-bit grey keeps its upper byte."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, background), image).convert("RGB")
    return image.convert("RGB")


def decode_image(file: IO[bytes], name: Path | str, background: str = "white") -> Image.Image:
    """RGB picture in its upright orientation; `name` is what an error calls it, `background` lies behind it."""
    try:
        with Image.open(file) as image:
            return _rgb(ImageOps.exif_transpose(image), background)
    except UnidentifiedImageError as error:
        raise ImageError(f"{name} is not a picture in a known format") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ImageError(f"{name} is a damaged picture: {error}") from error


def read_image(path: Path | str, background: str = "white") -> Image.Image:
    """The picture in a file, as `decode_image` gives it."""
    path = Path(path)
    if not path.is_file():
        raise ImageError(f"{path}: there is no such file")
    try:
        with path.open("rb") as file:
            return decode_image(file, path, background)
    except OSError as error:
        raise ImageError(f"{path} is a damaged picture: {error}") from error


def normalise_pixels(image: np.ndarray, config: PreprocessConfig) -> Tensor:
    """(h, w, 3) of 0..255 -> (1, 3, H, W): normalised, then zeros at the right and bottom up to the multiple."""
    rgb = torch.from_numpy(image).permute(2, 0, 1)
    mean = torch.tensor(config.mean, dtype=torch.float32)[:, None, None]
    std = torch.tensor(config.std, dtype=torch.float32)[:, None, None]
    x = (rgb.float() - mean) / std
    down, right = (-x.shape[1] % config.pad_multiple, -x.shape[2] % config.pad_multiple)
    return torch.nn.functional.pad(x, (0, right, 0, down))[None]


def fit(image: Image.Image, size: InputSize, resample: Resample = "bicubic") -> np.ndarray:
    """(h, w, 3) uint8: resized with PIL's antialiased filters (8-bit rounding, as the original does)."""
    own = (image.height, image.width)
    height, width = size.of(*own)
    if (height, width) != own:
        # Rows first, whatever the version: Pillow 13 turns to columns first for tall pictures, off by one in places.
        image = image.resize((width, image.height), FILTERS[resample]).resize((width, height), FILTERS[resample])
    return np.array(image)


def fitted_picture(fitted: np.ndarray, own: tuple[int, int], config: PreprocessConfig) -> Picture:
    """What `fit` gave, normalised and padded; own = (height, width) of the file's picture."""
    return Picture(normalise_pixels(fitted, config), (fitted.shape[0], fitted.shape[1]), own)


def open_picture(
    image: Image.Image | np.ndarray, size: InputSize, config: PreprocessConfig, resample: Resample = "bicubic"
) -> Picture:
    """Resized, normalised and padded."""
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    return fitted_picture(fit(image, size, resample), (image.height, image.width), config)
