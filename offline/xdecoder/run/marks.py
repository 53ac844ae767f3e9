"""The region that clicks, a box, a stroke or a mask of a request pick."""

import numpy as np

from ..preprocess import read_image
from ..tasks.marks import Marks, by_prompts, by_proposals
from .requests import Request
from .session import Session


def pick_mask(session: Session, request: Request) -> tuple[np.ndarray, float]:
    """(H, W) bool at the picture's size and a score."""
    opened = session.open(request.image, "pick")
    grey = read_image(request.mask).convert("L") if request.mask else None
    marks = Marks(request.clicks, request.box, request.stroke, grey)
    if "prompt" in session.runtime.info.roles:
        with session.timed("prompt"):
            scale = session.sizes.option("pick", "scoreScale", 0.0) or None
            mask, score = by_prompts(session.runtime, opened.features, opened.picture, marks, scale)
    else:
        mask, score = by_proposals(session.base(opened), opened.picture, marks)
    with session.timed("head"):
        return (session.full_size(opened, mask[None])[0] > 0).numpy(), score
