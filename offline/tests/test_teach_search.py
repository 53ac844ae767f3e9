"""The fit of the pooled projection: on rows that it never saw, a linear relation under noise is found."""

import torch
import torch.nn.functional as F

from xdecoder.evaluate.recall import recall
from xdecoder.train.teach_search import fit


def test_photos_that_were_not_fitted_are_found_too() -> None:
    rng = torch.Generator().manual_seed(2)
    hidden = torch.randn(1200, 12, generator=rng)
    shown, told = torch.randn(12, 40, generator=rng), torch.randn(12, 24, generator=rng)
    # Channels of very different spread, as those of a backbone are.
    spread = torch.logspace(-1, 1, 40)
    views = torch.stack([(hidden @ shown + torch.randn(1200, 40, generator=rng)) * spread for _ in range(2)])
    sentences = F.normalize((hidden @ told)[:, None] + torch.randn(1200, 5, 24, generator=rng), dim=-1)
    start = torch.randn(40, 24, generator=rng) / 40
    matrix = fit(views[:, :1000], sentences[:1000], start, 150, 0)
    assert matrix.shape == (40, 24) and matrix.isfinite().all()

    def found(weights: torch.Tensor) -> float:
        photos = F.normalize(views[0, 1000:] @ weights)
        return recall(sentences[1000:].flatten(0, 1) @ photos.T, 5)["retrieval, text to image R@1 %"]

    assert found(start) < 10
    assert found(matrix) > 40
