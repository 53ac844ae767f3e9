"""The fit of what photos are found by: on rows that it never saw, a linear relation under noise is found."""

from dataclasses import replace

import torch
import torch.nn.functional as F

from xdecoder.evaluate.recall import recall
from xdecoder.model.config import TINY
from xdecoder.parity.weights import generated_model
from xdecoder.runtime.torch_runtime import TorchRuntime
from xdecoder.tasks.retrieval import image_vectors
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


@torch.no_grad()
def test_the_image_querys_matrix_is_for_retrieval_alone() -> None:
    runtime = TorchRuntime(generated_model(TINY))
    features = runtime.image(torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(5)) * 2 - 1)
    before = runtime.base(features)
    runtime.model.decoder.image_embed.mul_(-2)
    after = runtime.base(features)
    assert torch.equal(before.embeddings, after.embeddings) and torch.equal(before.masks, after.masks)
    (image, pooled), (turned, same) = image_vectors(features, before), image_vectors(features, after)
    torch.testing.assert_close(turned, -2 * image)
    assert torch.equal(pooled, same)
    # The state that it reads is the one whose class embedding the official models take in its place.
    state = torch.linalg.solve(runtime.model.decoder.class_embed.T, before.embeddings[-1])
    torch.testing.assert_close(turned, state @ runtime.model.decoder.image_embed, atol=1e-4, rtol=1e-3)
    official = TorchRuntime(generated_model(replace(TINY, image_embed=False)))
    plain = official.base(official.image(torch.zeros(1, 3, 64, 64)))
    assert plain.image_query is None
    assert torch.equal(image_vectors(features, plain)[0], plain.embeddings[-1])
