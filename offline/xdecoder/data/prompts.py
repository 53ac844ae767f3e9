"""Visual prompts simulated from masks: clicks, a stroke or a box on a region, clicks beside it that say no."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

CLICK_RADIUS = 5
STROKE_RADIUS = 3
# Points of a prompt as the decoder sees them; a filled box or long stroke has many more pixels than a click.
POINTS = 256
KINDS, CHANCES = ("clicks", "stroke", "box"), (0.65, 0.2, 0.15)
MOST_CLICKS = 4


@dataclass(frozen=True)
class Marks:
    """positive, negative: (P, 2) float32 as (y / H, x / W), drawn from the marked pixels; negative may be empty."""

    positive: np.ndarray
    negative: np.ndarray


def _disc(at: np.ndarray, shape: tuple[int, int], radius: int) -> np.ndarray:
    """Pixels (M, 2) of a filled disc about `at` (y, x), inside the picture."""
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    ring = np.stack([y, x], -1)[y**2 + x**2 <= radius**2] + at
    return ring[((ring >= 0) & (ring < shape)).all(1)]


def _inner(mask: np.ndarray, rng: np.random.Generator, count: int) -> np.ndarray:
    """(count, 2) pixels of the mask, the first near its middle, where people click; the others anywhere."""
    depth = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    deep = np.argwhere(depth >= depth.max() * rng.uniform(0.3, 1.0))
    pixels = np.argwhere(mask)
    first = deep[rng.integers(len(deep), size=1)]
    return np.concatenate([first, pixels[rng.integers(len(pixels), size=count - 1)]])


def _draw(pixels: np.ndarray, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    chosen = pixels[rng.integers(len(pixels), size=POINTS)]
    return (chosen / np.array(shape)).astype(np.float32)


def mark(mask: np.ndarray, rng: np.random.Generator) -> Marks:
    """Marks on a non-empty bool mask (H, W)."""
    shape = (mask.shape[0], mask.shape[1])
    kind = str(rng.choice(KINDS, p=CHANCES))
    if kind == "box":
        ys, xs = np.nonzero(mask)
        y, x = np.mgrid[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
        inside = np.stack([y.ravel(), x.ravel()], -1)
    elif kind == "stroke":
        # A line between two places of the region, kept where it lies inside.
        start, end = _inner(mask, rng, 2)
        line = (start + np.linspace(0, 1, 32)[:, None] * (end - start)).round().astype(int)
        line = line[mask[line[:, 0], line[:, 1]]]
        inside = np.concatenate([_disc(p, shape, STROKE_RADIUS) for p in line])
    else:
        clicks = _inner(mask, rng, int(rng.integers(1, MOST_CLICKS + 1)))
        inside = np.concatenate([_disc(p, shape, CLICK_RADIUS) for p in clicks])
    beside = np.argwhere(ndimage.binary_dilation(mask, iterations=int(rng.integers(8, 48))) & ~mask)
    negative = np.zeros((0, 2), np.float32)
    if len(beside) and rng.random() < 0.4:
        wrong = beside[rng.integers(len(beside), size=int(rng.integers(1, 3)))]
        negative = _draw(np.concatenate([_disc(p, shape, CLICK_RADIUS) for p in wrong]), shape, rng)
    return Marks(_draw(inside, shape, rng), negative)
