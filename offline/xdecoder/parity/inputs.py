"""Inputs of the reference arrays, regenerated: pictures, class names, phrases, synthetic queries."""

import re
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

PHRASES = ("the red box on the left.", "a blue ball")
NAMES = (
    "person", "car", "dog", "chair", "bottle", "tree-merged", "sky-other-merged", "grass-merged",
    "wall-other-merged", "floor-wood", "building-other-merged", "water-other", "background",
)  # fmt: skip


def test_image(height: int, width: int) -> np.ndarray:
    """uint8 RGB (height, width, 3): gradients, a red box, a blue disc and a checkerboard, in integers only."""
    y, x = np.arange(height)[:, None], np.arange(width)[None]
    red, green = x * 255 // (width - 1), y * 255 // (height - 1)
    blue = (x + y) * 255 // (height + width - 2)
    image = np.stack(np.broadcast_arrays(red, green, blue), -1)
    image[red_box(height, width)] = (200, 30, 40)
    radius = min(height, width) // 5
    image[(x - 13 * width // 20) ** 2 + (y - 3 * height // 5) ** 2 <= radius**2] = (20, 60, 220)
    corner = (x >= 3 * width // 4) & (y < height // 4)
    even = (x // 16 + y // 16) % 2 == 0
    image[corner & even] = 255
    image[corner & ~even] = 0
    return image.astype(np.uint8)


def red_box(height: int, width: int) -> tuple[slice, slice]:
    return slice(height // 4, height // 2), slice(width // 8, width // 2)


def size_from(text: str) -> tuple[int, int] | None:
    """`b384x512` in a name -> (384, 512)."""
    found = re.search(r"(\d{2,5})x(\d{2,5})", text)
    return (int(found[1]), int(found[2])) if found else None


def picture_size(path: Path, arrays: dict[str, np.ndarray]) -> tuple[int, int]:
    """From the file's name, or from the padded input's shape where the name says nothing."""
    named = size_from(path.stem)
    if named:
        return named
    if "input_normalized_s8" in arrays:
        rows, columns = arrays["input_normalized_s8"].shape[-2:]
        return rows * 8, columns * 8
    raise ValueError(f"{path}: neither its name nor its arrays tell the picture's size (…_HxW.npz)")


def synthetic_queries() -> tuple[Tensor, Tensor]:
    """40 queries, 8 classes and background, maps 64 x 96: class logits (40, 9), mask logits (40, 64, 96)."""
    normals = np.random.Generator(np.random.PCG64(20240501))
    classes = (normals.standard_normal((40, 9)) * 4.0).astype(np.float32)
    # Every 8 x 8 cell has one owner; a hundredth of the cells is claimed twice.
    owner = normals.integers(0, 40, (8, 12))
    claimed = normals.random((40, 8, 12)) < 0.01
    cells = np.where(np.arange(40)[:, None, None] == owner, 4.0, np.where(claimed, 3.0, -5.0))
    masks = cells.repeat(8, 1).repeat(8, 2)
    masks = masks + normals.standard_normal(masks.shape) * 0.5
    return torch.from_numpy(classes), torch.from_numpy(masks.astype(np.float32))
