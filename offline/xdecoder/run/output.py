"""What a result line and its pictures look like; the browser engine's command writes the same."""

import hashlib
import json
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image

from ..postprocess.rle import bounding_box, encode


class Results:
    """results.jsonl: lines come in any order, for requests about one picture are done together, and are written in
    theirs.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._early: dict[int, str] = {}
        self._next = 0

    def add(self, index: int, line: dict[str, Any]) -> None:
        self._early[index] = json.dumps(line, ensure_ascii=False)
        while self._next in self._early:
            self._file.write(self._early.pop(self._next) + "\n")
            self._next += 1
        self._file.flush()


def write_png(folder: Path, name: str, values: np.ndarray) -> str:
    """Label map as 8 or 16-bit grey; the path comes back relative to the folder."""
    path = folder / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    if values.dtype == np.bool_:
        values = values.astype(np.uint8) * 255
    Image.fromarray(values).save(path)
    return path.relative_to(folder).as_posix()


def region(mask: np.ndarray, score: float, folder: Path, name: str) -> dict[str, Any]:
    """(H, W) bool -> score, bbox, rle, png."""
    png = write_png(folder, name, mask)
    return {"score": score, "bbox": bounding_box(mask), "rle": encode(mask), "png": png}


def segment(number: int, label: str, score: float, *, thing: bool, mask: np.ndarray) -> dict[str, Any]:
    return {
        "id": number,
        "label": label,
        "score": score,
        "isthing": thing,
        "area": int(mask.sum()),
        "bbox": bounding_box(mask),
        "rle": encode(mask),
    }


def stem(image: str, index: int) -> str:
    """A file name for a request's pictures that two requests never share."""
    digest = hashlib.sha256(image.encode()).hexdigest()[:6]
    return f"{Path(image).stem}-{digest}-{index:04d}"
