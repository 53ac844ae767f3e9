"""What people would agree with: by hand, from captions, and as a fit finds it on rows that it never saw."""

import math

import pytest
import torch

from xdecoder.data.spoken import told_plainly
from xdecoder.model.config import TINY
from xdecoder.model.consensus import Expected
from xdecoder.parity.weights import generated_model
from xdecoder.runtime.torch_runtime import TorchRuntime
from xdecoder.tasks.consensus import Agreement
from xdecoder.train.teach_consensus import fit, rarity_of, weights_of

# Start and end, "a", "dog", "ball". `src/tasks/consensus.test.ts` has the same.
PICTURE = Expected(torch.tensor([[9, 9, 0.1, 0.6, 0.2]]), torch.tensor([0, 0, 0.5, 2, 3]))


def test_agreement_is_the_cosine_of_what_is_said_with_what_is_expected() -> None:
    agree = Agreement(PICTURE)
    assert agree([0, 2, 3, 1]) == pytest.approx(1.25 / math.sqrt(4.25))
    # A word that is said twice weighs twice.
    assert agree([0, 2, 3, 2, 4, 1]) == pytest.approx(1.9 / math.sqrt(14))
    assert agree([0]) == agree([0, 1]) == Agreement(None)([0, 2, 3, 1]) == 0


def test_what_captions_are_made_of() -> None:
    start, end, a, dog, cat, never = range(6)
    two_dogs = [start, a, dog, dog, end, end]
    a_dog, a_cat = [start, a, dog, end], [start, a, cat, end]
    captions = [[a_dog, two_dogs], [a_cat, a_cat], [a_cat, a_dog]]
    rarity = rarity_of(captions, 6)
    # All three photos have "a", two a dog and two a cat; what no caption has is as rare as what one has.
    torch.testing.assert_close(rarity, torch.tensor([0, 0, 0, 1.5, 1.5, 3]).clamp(min=1).log())
    weights = weights_of(captions, rarity)
    # "a" weighs nothing, so each caption is its animal alone, however often it is said.
    torch.testing.assert_close(weights[:, [a, dog, cat]], torch.tensor([[0, 1, 0], [0, 0, 1], [0, 0.5, 0.5]]))
    agree = Agreement(Expected(weights[2:], rarity))
    assert agree(a_dog) == pytest.approx(0.5)
    assert agree([start, dog, cat, end]) == pytest.approx(1 / math.sqrt(2))
    assert agree([start, dog, never, end]) < 0.2


def test_rows_that_were_not_fitted_are_expected_too() -> None:
    rng = torch.Generator().manual_seed(4)
    hidden = torch.randn(1400, 8, generator=rng)
    shown = torch.randn(8, 30, generator=rng)
    views = torch.stack([hidden @ shown + torch.randn(1400, 30, generator=rng) for _ in range(2)])
    # Channels of very different spread, and none about zero.
    views = views * torch.logspace(-1, 1, 30) + 5
    aims = hidden @ torch.randn(8, 12, generator=rng) * 0.1 + 0.3
    counts = torch.ones(1200)
    # What counts for nothing may be wrong.
    aims[:100], counts[:100] = 9, 0
    weight, bias = fit(views[:, :1200], aims[:1200], counts)
    left = views[0, 1200:] @ weight.T + bias - aims[1200:]
    assert left.square().mean() < 0.15 * (aims[1200:] - aims[100:1200].mean(0)).square().mean()


@torch.no_grad()
def test_what_is_expected_comes_with_the_beginning_of_a_caption() -> None:
    runtime = TorchRuntime(generated_model(TINY))
    features = runtime.image(torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(5)) * 2 - 1)
    begun = runtime.caption_prefill(features)
    assert begun.expected is not None
    head, layer = runtime.model.base(features.memory)[-1], runtime.model.consensus.expects
    assert features.image_embedding is not None
    expected = torch.cat([head.state[0, -1], features.image_embedding[0]])[None] @ layer.weight.T + layer.bias
    torch.testing.assert_close(begun.expected.weights, expected)
    assert begun.expected.rarity.shape == (TINY.text.vocabulary,)


@pytest.mark.parametrize(
    ("caption", "plain"),
    [("a photo of a dog", "a dog"), ("this is an abbey with a house", "an abbey with a house"), ("a view", "a view"),
     ("a close up of an ant", "an ant"), ("there is a tree", "a tree"), ("a picture with a tree", "a tree")],
)  # fmt: skip
def test_what_is_told_is_not_how(caption: str, plain: str) -> None:
    assert told_plainly(caption) == plain
