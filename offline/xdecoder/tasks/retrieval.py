"""Image-text retrieval: cosine of a phrase with two image vectors, averaged."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ..runtime import Features, Prediction

Vectors = tuple[Tensor, ...]


def _unit(x: Tensor) -> Tensor:
    return x / x.norm(dim=-1, keepdim=True)


@dataclass
class QueryBank:
    """Sentences (N, d), normalised, that many pictures' likeness is measured against, so that a picture that is near to
    every sentence is not found by every sentence (Bogolin et al., "Cross Modal Retrieval with Querybank
    Normalisation", CVPR 2022; docs/decisions/0019).

    direction (d,): along it all sentences lie about equally far, on average 1; sharpness: how much the nearest of them
    count above the others; usual: likeness of a usual picture, which nothing is taken off.
    """

    sentences: Tensor
    direction: Tensor
    sharpness: float
    usual: float

    def likeness(self, unit: Tensor) -> Tensor:
        """(...): how near unit vectors (..., d) are to sentences of all kinds: log of a mean of exponentials."""
        each = self.sharpness * (unit @ self.sentences.T)
        return (each.logsumexp(-1) - math.log(len(self.sentences))) / self.sharpness

    def evened(self, unit: Tensor) -> Tensor:
        """A picture's unit vector (d,) less what it has in common with any sentence."""
        return unit - (self.likeness(unit) - self.usual) * self.direction


def image_vectors(features: Features, prediction: Prediction) -> Vectors:
    """The image query's vector and, where it exists, the pooled backbone's; each (d,), not normalised."""
    pooled = features.image_embedding
    image = prediction.embeddings[-1] if prediction.image_query is None else prediction.image_query
    return (image,) if pooled is None else (image, pooled[0])


def image_embedding(vectors: Vectors, bank: QueryBank | None = None) -> Tensor:
    """One (d,) vector whose dot product with a unit text vector is the retrieval score."""
    mean = torch.stack([_unit(v) for v in vectors]).mean(0)
    return mean if bank is None else bank.evened(_unit(mean))
