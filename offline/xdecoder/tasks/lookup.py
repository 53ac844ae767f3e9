"""Looks a question's thing up on the picture: where a map of its name says it is, if it is there, and of what colour.

Two tasks of the one model, one after the other (docs/decisions/0018); `src/tasks/lookup.ts` does the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from ..postprocess import class_scores
from ..runtime import Features, TextCodec
from .asked import asked_of
from .marks import MASK_STRIDE
from .opened import Opened
from .question import answer_logits
from .vocabulary import BACKGROUND, class_logits, vocabulary_embeddings

# A sum is taken for no surer than this, nor for surer that there is nothing.
SUREST = 0.9999


def find(opened: Opened, codec: TextCodec, thing: str) -> Tensor:
    """(h, w) sums of a thing over the latent queries in each cell of the content, as in a semantic map of it and
    background: mostly 0..1, where several see it more. opened: at the size of segmentation.
    """
    runtime, (height, width) = opened.runtime, opened.picture.content
    names = vocabulary_embeddings(runtime, codec, [thing, BACKGROUND])
    logits = class_logits(opened.base, names, runtime.info.logit_scale)
    rows, columns = -(-height // MASK_STRIDE), -(-width // MASK_STRIDE)
    return class_scores(logits, opened.base.masks[:, :rows, :columns])[0]


def colour_under(opened: Opened, found: Tensor) -> Tensor:
    """(3,) median of each channel, normalised as the model's input is, of the pixels in cells where the sum is more
    than half of the largest.
    """
    height, width = opened.picture.content
    there = (found > found.max() / 2).repeat_interleave(MASK_STRIDE, 0).repeat_interleave(MASK_STRIDE, 1)
    return opened.picture.pixels[0, :, :height, :width][:, there[:height, :width]].median(1).values


@dataclass(frozen=True)
class Asking:
    """A question at work. opened: at the size of questions, segmented: at that of segmentation; answers: by index."""

    opened: Opened
    segmented: Callable[[], Opened]
    codec: TextCodec
    answers: Mapping[int, str]
    question: str

    def logits(self, weights: Callable[[str], float]) -> Tensor:
        """(A,) of the answers; weights: how much what is looked up counts, by what is asked (docs/pack.md)."""
        logits, asked = self._answered(self.opened.features), asked_of(self.question)
        weight = weights(asked.about) if asked else 0.0
        if asked is None or not weight:
            return logits
        segmented = self.segmented()
        found = find(segmented, self.codec, asked.thing)
        evidence = EVIDENCE[asked.about](self, segmented, found, len(logits))
        return logits.log_softmax(-1) + weight * evidence

    def _answered(self, features: Features) -> Tensor:
        with self.opened.timed("vqa"):
            return answer_logits(self.opened.runtime, self.codec, features, self.question)

    def colour(self, segmented: Opened, found: Tensor, _: int) -> Tensor:
        """The same question, of a picture of nothing but the thing's colour."""
        return self._answered(self.opened.even(colour_under(segmented, found))).log_softmax(-1)

    def presence(self, _: Opened, found: Tensor, count: int) -> Tensor:
        """(count,): the largest sum is taken for the probability that the thing is there. Whatever else the classifier
        takes such a question for, it is answered with yes or no.
        """
        sure = found.max().clamp(1 - SUREST, SUREST)
        said, other = {"yes": sure.log(), "no": (1 - sure).log()}, torch.tensor(1 - SUREST).log()
        return torch.stack([said.get(self.answers.get(i, ""), other) for i in range(count)])


# What is added to the answers' log probabilities, once a weight.
EVIDENCE: dict[str, Callable[[Asking, Opened, Tensor, int], Tensor]] = {
    "colour": Asking.colour,
    "presence": Asking.presence,
}
