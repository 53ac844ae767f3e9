"""COCO's compressed run lengths: column-major, runs of 0 and 1 in turn, differences in 6-bit characters."""

import numpy as np


def _runs(mask: np.ndarray) -> list[int]:
    flat = np.asarray(mask, bool).flatten(order="F")
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs = np.diff(np.concatenate([[0], edges, [flat.size]])).tolist()
    # The first run counts zeros.
    return [0, *runs] if flat.size and flat[0] else runs


def encode(mask: np.ndarray) -> dict[str, list[int] | str]:
    """(H, W) bool -> {"size": [H, W], "counts": …}."""
    runs, text = _runs(mask), []
    for i, run in enumerate(runs):
        value = run - runs[i - 2] if i > 2 else run
        while True:
            bits, value = value & 31, value >> 5
            more = value != (-1 if bits & 16 else 0)
            text.append(chr(48 + (bits | 32 if more else bits)))
            if not more:
                break
    return {"size": [int(mask.shape[0]), int(mask.shape[1])], "counts": "".join(text)}


def decode(rle: dict) -> np.ndarray:
    """The inverse of `encode`."""
    height, width = rle["size"]
    runs: list[int] = []
    value, shift = 0, 0
    for character in rle["counts"]:
        bits = ord(character) - 48
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value, shift = 0, 0
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape((height, width), order="F")


def bounding_box(mask: np.ndarray) -> list[int]:
    """[x, y, width, height], zeros for an empty mask."""
    ys, xs = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if len(ys) == 0:
        return [0, 0, 0, 0]
    return [int(xs[0]), int(ys[0]), int(xs[-1] - xs[0] + 1), int(ys[-1] - ys[0] + 1)]
