"""Image-text retrieval: cosine of a phrase with two image vectors, averaged."""

import torch
from torch import Tensor

from ..runtime import Features, Prediction

Vectors = tuple[Tensor, ...]


def _unit(x: Tensor) -> Tensor:
    return x / x.norm(dim=-1, keepdim=True)


def image_vectors(features: Features, prediction: Prediction) -> Vectors:
    """The image query's embedding and, where it exists, the pooled backbone's; each (d,), not normalised."""
    pooled = features.image_embedding
    image = prediction.embeddings[-1]
    return (image,) if pooled is None else (image, pooled[0])


def image_embedding(vectors: Vectors) -> Tensor:
    """One (d,) vector whose dot product with a unit text vector is the retrieval score."""
    return torch.stack([_unit(v) for v in vectors]).mean(0)


def score(vectors: Vectors, sentence: Tensor) -> float:
    """Mean cosine, no temperature."""
    return float(image_embedding(vectors) @ _unit(sentence))
