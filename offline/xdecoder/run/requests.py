"""What is asked: one request a result line, from the command line or a requests.jsonl."""

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ..preprocess import ImageError

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"}


class RequestError(ValueError):
    """A request that can't be read or lacks something; one sentence."""


TEXTS = ("image", "phrase", "question", "query", "mask")


@dataclass(frozen=True)
class Request:
    """clicks (x, y, 1 = inside or 0 = outside) and box [x, y, width, height] are in pixels of the picture."""

    image: str | None = None
    phrase: str | None = None
    question: str | None = None
    query: str | None = None
    clicks: tuple[tuple[float, float, int], ...] = ()
    box: tuple[float, float, float, float] | None = None
    stroke: tuple[tuple[float, float], ...] = ()
    mask: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def marks(self) -> bool:
        return bool(self.clicks or self.box or self.stroke or self.mask)


def click(text: str) -> tuple[float, float, int]:
    """`x,y` is inside, `-x,y` … is written `x,y,0`: outside."""
    try:
        parts = [float(p) for p in text.split(",")]
    except ValueError as error:
        raise RequestError(f"a click is x,y or x,y,0 in pixels, not '{text}'") from error
    if len(parts) not in (2, 3):
        raise RequestError(f"a click is x,y or x,y,0 in pixels, not '{text}'")
    return parts[0], parts[1], int(parts[2]) if len(parts) == 3 else 1


def _click(value: Any) -> tuple[float, float, int]:
    if isinstance(value, dict):
        return float(value["x"]), float(value["y"]), int(bool(value.get("positive", True)))
    return float(value[0]), float(value[1]), int(value[2]) if len(value) > 2 else 1


def parse(line: dict[str, Any]) -> Request:
    known = {f.name for f in fields(Request)} - {"extra"}
    try:
        values = {k: v for k, v in line.items() if k in known and v is not None}
        if wrong := [k for k in TEXTS if not isinstance(values.get(k, ""), str)]:
            raise RequestError(f"a request's {', '.join(wrong)} must be text")
        if "clicks" in values:
            values["clicks"] = tuple(_click(c) for c in values["clicks"])
        if "box" in values:
            x, y, w, h = (float(v) for v in values["box"])
            values["box"] = (x, y, w, h)
        if "stroke" in values:
            values["stroke"] = tuple((float(x), float(y)) for x, y in values["stroke"])
    except RequestError:
        raise
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise RequestError(f"a request has clicks [[x, y]], box [x, y, w, h], stroke [[x, y]]: {error}") from error
    return Request(**values, extra={k: v for k, v in line.items() if k not in known})


def read_requests(path: Path) -> list[Request]:
    requests = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
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
        requests.append(parse(value))
    return requests


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
