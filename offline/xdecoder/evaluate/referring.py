"""Referring segmentation of one phrase: the mask and how sure the model is."""

import numpy as np
import torch

from ..model.text_encoder import normalise
from ..postprocess.referring import MAX_SCALE
from ..tasks.grounding import ground, read_phrase
from .subject import Looked, Subject


@torch.inference_mode()
def find(subject: Subject, looked: Looked, text: str) -> tuple[np.ndarray, float]:
    """(H, W) bool and the probability that it is the phrase rather than background."""
    phrase = read_phrase(subject.runtime, subject.codec, text)
    found = ground(subject.runtime, looked.features, phrase)
    chosen = normalise(found.prediction.embeddings[found.query])
    margin = chosen @ normalise(phrase.sentence) - chosen @ subject.background
    score = torch.sigmoid(min(subject.runtime.info.logit_scale, MAX_SCALE) * margin)
    return (subject.full_size(looked, found.mask[None])[0] > 0).numpy(), float(score)
