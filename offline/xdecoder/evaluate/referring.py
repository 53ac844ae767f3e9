"""Referring segmentation of one phrase: the mask and how sure the model is."""

import numpy as np
import torch

from ..tasks.grounding import ground, match_score, read_phrase
from ..tasks.opened import Opened
from .subject import Subject


@torch.inference_mode()
def find(subject: Subject, opened: Opened, text: str) -> tuple[np.ndarray, float]:
    """(H, W) bool and the probability that it is the phrase rather than background."""
    phrase = read_phrase(subject.runtime, subject.codec, text)
    found = ground(subject.runtime, opened.features, phrase)
    score = match_score(subject.runtime, found, phrase, subject.background)
    return (opened.full_size(found.mask[None])[0] > 0).numpy(), score
