"""The region that clicks, a box, a stroke or a mask of a request pick."""

import numpy as np
from PIL import Image

from ..preprocess import ImageError, read_image
from ..tasks.marks import Marks, check_marks
from ..tasks.region import pick_region
from .requests import Request, RequestError
from .session import Session


def _grey(path: str) -> Image.Image:
    """What is transparent in a mask is outside."""
    try:
        return read_image(path, background="black").convert("L")
    except ImageError as error:
        raise RequestError(f"the mask {path} can't be read as a picture: {error}") from error


def _marks(request: Request, size: tuple[int, int]) -> Marks:
    """On a picture of (height, width). Raises RequestError where they point at nothing."""
    grey = None if request.mask is None else _grey(request.mask)
    marks = Marks(request.clicks or (), request.box, request.stroke or (), grey)
    if wrong := check_marks(marks, size):
        raise RequestError(wrong)
    return marks


def pick_mask(session: Session, request: Request) -> tuple[np.ndarray, float]:
    """(H, W) bool at the picture's size and a score. Raises RequestError before any graph runs."""
    marks = _marks(request, session.picture(request.image, "pick").size)
    opened = session.open(request.image, "pick")
    scale, closer = (session.sizes.option("pick", name, 0.0) for name in ("scoreScale", "closer"))
    return pick_region(opened, marks, scale or None, closer)
