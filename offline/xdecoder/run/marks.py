"""The region that clicks, a box, a stroke or a mask of a request pick."""

import numpy as np
from PIL import Image

from ..preprocess import ImageError, read_image
from ..tasks.marks import Marks, by_prompts, by_proposals, check_marks
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
    if "prompt" in session.runtime.info.roles:
        with session.timed("prompt"):
            scale = session.sizes.option("pick", "scoreScale", 0.0) or None
            mask, score = by_prompts(session.runtime, opened.features, opened.picture, marks, scale)
    else:
        mask, score = by_proposals(opened.base, opened.picture, marks)
    with session.timed("head"):
        return (opened.full_size(mask[None])[0] > 0).numpy(), score
