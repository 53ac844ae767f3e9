"""The fit of what photos are found by: on rows that it never saw, a linear relation under noise is found."""

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

    def kind() -> torch.Tensor:
        return torch.stack([(hidden @ shown + 2 * torch.randn(1200, 40, generator=rng)) * spread for _ in range(2)])

    views = [kind(), kind()]
    sentences = F.normalize((hidden @ told)[:, None] + torch.randn(1200, 5, 24, generator=rng), dim=-1)
    starts = [torch.randn(40, 24, generator=rng) / 40 for _ in views]
    matrices = fit([v[:, :1000] for v in views], sentences[:1000], starts, 150, 0)
    assert all(m.shape == (40, 24) and m.isfinite().all() for m in matrices)

    def found(weights: list[torch.Tensor], kinds: list[int]) -> float:
        vectors = [F.normalize(views[k][0, 1000:] @ weights[k]) for k in kinds]
        scores = sentences[1000:].flatten(0, 1) @ torch.stack(vectors).mean(0).T
        return recall(scores, 5)["retrieval, text to image R@1 %"]

    assert found(starts, [0, 1]) < 10
    assert found(matrices, [0, 1]) > 40
    # Both see the same things under noise of their own, so that together they say more.
    assert found(matrices, [0, 1]) > max(found(matrices, [0]), found(matrices, [1])) + 3
