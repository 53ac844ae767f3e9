"""How far people would agree with a sentence about a picture, by the words that it is made of.

Agreement is that of CIDEr (Vedantam et al., CVPR 2015, section 4) with single tokens in place of longer n-grams: the
cosine of two sentences' TF-IDF weights. Its mean over what people say of a picture is linear in the mean of their
sentences' normalised weights, so that a linear layer over what the decoder sees can learn to expect it (words that
are found in a picture: Fang et al., "From Captions to Visual Concepts and Back", CVPR 2015).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .decoder import Head


@dataclass(frozen=True)
class Expected:
    """weights (B, V): mean normalised TF-IDF of each token in people's sentences; rarity (V,): its IDF, 0 where it is
    no part of a sentence.
    """

    weights: Tensor
    rarity: Tensor


class Consensus(nn.Module):
    """What is seen of a picture -> what its captions are expected to be made of."""

    def __init__(self, dim: int, vocabulary: int) -> None:
        super().__init__()
        self.expects = nn.Linear(2 * dim, vocabulary)
        # Counted, not trained: how few captions have the token.
        self.rarity = nn.Parameter(torch.ones(vocabulary), requires_grad=False)

    @staticmethod
    def seen(head: Head, pooled: Tensor) -> Tensor:
        """(B, 2d): the image query's state after the last layer, and the pooled image embedding (B, d)."""
        return torch.cat([head.state[:, -1], pooled], 1)

    def expected(self, seen: Tensor) -> Expected:
        return Expected(self.expects(seen), self.rarity)

    def forward(self, head: Head, pooled: Tensor) -> Expected:
        return self.expected(self.seen(head, pooled))
