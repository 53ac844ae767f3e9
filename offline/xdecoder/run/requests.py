"""What is asked: one request a result line, from the command line and a requests.jsonl."""

import json
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ..preprocess import ImageError

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"}


class RequestError(ValueError):
    """A request that can't be read or lacks something; one sentence."""


@dataclass(frozen=True)
class Request:
    """What is None was not said. clicks (x, y, 1 = inside or 0 = outside), box [x, y, width, height] and stroke (x, y)
    are in pixels of the picture, mask is a picture's file. names and the thresholds stand in for the run's own.
    """

    image: str | None = None
    phrase: str | None = None
    question: str | None = None
    query: str | None = None
    names: tuple[str, ...] | None = None
    object_mask_threshold: float | None = None
    overlap_threshold: float | None = None
    min_score: float | None = None
    clicks: tuple[tuple[float, float, int], ...] | None = None
    box: tuple[float, float, float, float] | None = None
    stroke: tuple[tuple[float, float], ...] | None = None
    mask: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def marks(self) -> bool:
        return any(given is not None for given in (self.clicks, self.box, self.stroke, self.mask))

    def filled(self, given: "Request") -> "Request":
        """With what `given` says where this one says nothing."""
        silent = [f.name for f in fields(self) if getattr(self, f.name) is None]
        return replace(self, **{name: getattr(given, name) for name in silent})


def _says(name: str) -> Callable[[Request], bool]:
    return lambda request: bool((getattr(request, name) or "").strip())


MARKS = "clicks, a box, a stroke or a mask"
# What a task can't do without. Tasks that are not here need a picture at most.
NEEDS: dict[str, tuple[str, Callable[[Request], bool]]] = {
    "referring": ("a phrase", _says("phrase")),
    "region-caption": (f"a phrase, {MARKS}", lambda request: request.marks or _says("phrase")(request)),
    "vqa": ("a question", _says("question")),
    "retrieve": ("a query", _says("query")),
    "region-retrieve": ("a query", _says("query")),
    "pick": (MARKS, lambda request: request.marks),
}


def check(task: str, request: Request) -> None:
    """Raises RequestError where the request lacks what the task is about."""
    if task in NEEDS:
        needed, says = NEEDS[task]
        if not says(request):
            raise RequestError(f"{task} needs {needed}")


def click(text: str) -> tuple[float, float, int]:
    """`x,y` is inside, `x,y,0` outside."""
    try:
        parts = [float(p) for p in text.split(",")]
    except ValueError as error:
        raise RequestError(f"a click is x,y or x,y,0 in pixels, not '{text}'") from error
    if len(parts) not in (2, 3) or not all(math.isfinite(p) for p in parts):
        raise RequestError(f"a click is x,y or x,y,0 in pixels, not '{text}'")
    return _click(parts)


def box(text: str) -> tuple[float, float, float, float]:
    """`x,y,width,height`."""
    try:
        x, y, width, height = (float(p) for p in text.split(","))
    except ValueError as error:
        raise RequestError(f"a box is x,y,width,height in pixels, not '{text}'") from error
    return x, y, width, height


def _click(value: Any) -> tuple[float, float, int]:
    if isinstance(value, dict):
        return float(value["x"]), float(value["y"]), int(bool(value.get("positive", True)))
    return float(value[0]), float(value[1]), int(value[2] != 0) if len(value) > 2 else 1


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(_text(name) for name in value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("not a number")
    return float(value)


def _box(value: Any) -> tuple[float, float, float, float]:
    x, y, w, h = (float(v) for v in value)
    return x, y, w, h


# Key of a line -> field of the request, how it is read, and what it must be.
KEYS: dict[str, tuple[str, Callable[[Any], Any], str]] = {
    **{key: (key, _text, "text") for key in ("image", "phrase", "question", "query", "mask")},
    "names": ("names", _names, "a list of text"),
    "objectMaskThreshold": ("object_mask_threshold", _number, "a number"),
    "overlapThreshold": ("overlap_threshold", _number, "a number"),
    "minScore": ("min_score", _number, "a number"),
    "clicks": ("clicks", lambda value: tuple(_click(c) for c in value), "[[x, y]], or [[x, y, 0]] outside"),
    "box": ("box", _box, "[x, y, width, height]"),
    "stroke": ("stroke", lambda value: tuple((float(p[0]), float(p[1])) for p in value), "[[x, y]]"),
}


def parse(line: dict[str, Any]) -> Request:
    """Keys that are not known become `extra`. Raises RequestError."""
    values: dict[str, Any] = {}
    for key, value in line.items():
        if key not in KEYS or value is None:
            continue
        name, read, kind = KEYS[key]
        try:
            values[name] = read(value)
        except (TypeError, ValueError, KeyError, IndexError) as error:
            raise RequestError(f"a request's {key} must be {kind}") from error
    return Request(**values, extra={k: v for k, v in line.items() if k not in KEYS})


def read_requests(path: Path) -> list[Request]:
    """A request a line. Raises RequestError."""
    requests = []
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{path} can't be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise RequestError(f"{path}, line {number} is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise RequestError(f"{path}, line {number} is not an object")
        try:
            requests.append(parse(value))
        except RequestError as error:
            raise RequestError(f"{path}, line {number}: {error}") from error
    return requests


def each_picture(task: str, lines: Sequence[Request], images: Sequence[str]) -> list[tuple[int, Request]]:
    """Requests in the order of results, each with the number of its line.

    A line without a picture is asked of each of `images`; without those, it can only be a sentence to embed. Raises
    RequestError.
    """
    asked: list[tuple[int, Request]] = []
    for number, line in enumerate(lines):
        alone = task == "embed" and not images and line.query is not None
        if line.image is not None or alone:
            asked.append((number, line))
        elif not images:
            raise RequestError(f"request {number + 1} names no image, and --image is missing")
        else:
            asked += [(number, replace(line, image=image)) for image in images]
    return asked


def expand(images: list[str]) -> list[str]:
    """Files as given, folders as the pictures in them, sorted."""
    found: list[str] = []
    for image in images:
        if Path(image).is_dir():
            inside = sorted(str(p) for p in Path(image).iterdir() if p.suffix.lower() in SUFFIXES)
            if not inside:
                raise ImageError(f"{image} has no pictures in it")
            found += inside
        else:
            found.append(image)
    return found


def locate(image: str, folders: Sequence[str | Path]) -> str:
    """Where a picture is: a line may name it from here or from one of these folders."""
    places = [image, *(os.path.join(folder, image) for folder in folders)]
    return next((place for place in places if os.path.exists(place)), image)
