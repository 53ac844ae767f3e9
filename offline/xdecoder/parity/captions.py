"""References of captions: six greedy steps, plain and with everything but the red box hidden."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch
from torch import Tensor

from ..model.xdecoder import XDecoder
from ..preprocess import Picture
from ..runtime import Features
from ..tasks.caption import Caption, greedy, greedy_uncached
from .check import Arrays
from .inputs import red_box
from .subject import Subject

STEPS = 6


def hidden_outside_box(picture: Picture) -> Tensor:
    """Bool (H, W), True = hidden."""
    hidden = torch.ones(picture.size, dtype=torch.bool)
    hidden[red_box(*picture.size)] = False
    return hidden


def _arrays(prefix: str, caption: Caption) -> Arrays:
    logits = torch.stack(caption.logits)
    top = logits.topk(min(10, logits.shape[1]))
    out = {
        f"{prefix}_token_ids": np.array(caption.token_ids),
        f"{prefix}_logits_top10": top.values.numpy(),
        f"{prefix}_logits_top10_ids": top.indices.numpy(),
        f"{prefix}_logits_first256": logits[:, :256].numpy(),
    }
    hidden = [h for h in caption.hidden if h is not None]
    if hidden:
        out[f"{prefix}_hidden"] = torch.stack(hidden).numpy()
    return out


def caption_units(subject: Subject, picture: Picture, features: Features) -> Iterator[tuple[str, Callable[[], Arrays]]]:
    """How it is computed and the computation: with kept keys and values, and, given the model, in the official form."""
    for prefix, hidden in (("cap", None), ("refcap", hidden_outside_box(picture))):
        yield "cached", partial(_cached, subject, features, prefix, hidden)
        if subject.model is not None:
            yield "recomputed", partial(_recomputed, subject.model, features, prefix, hidden)


def _cached(subject: Subject, features: Features, prefix: str, hidden: Tensor | None) -> Arrays:
    return _arrays(prefix, greedy(subject.runtime, features, hidden=hidden, steps=STEPS, stop=False))


def _recomputed(model: XDecoder, features: Features, prefix: str, hidden: Tensor | None) -> Arrays:
    return _arrays(prefix, greedy_uncached(model, features, hidden=hidden, steps=STEPS))
