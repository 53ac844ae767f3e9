"""Captions by reward: scores as the scorer gives them, sentences drawn from the model's own words, the right way up."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from xdecoder.model.config import TINY
from xdecoder.model.decoder import Memory
from xdecoder.model.xdecoder import XDecoder
from xdecoder.parity.weights import generated_model
from xdecoder.train.reward import END, CaptionReward, reward_loss, said
from xdecoder.train.steps import Bench, RewardStep
from xdecoder.train.text import Ids
from xdecoder.train.words import next_words

TOKENIZER = Path(__file__).parents[2] / "e2e" / "fixtures" / "packs" / "tiny" / "tokenizer.json"
SIDE = 64
CAPTIONS = [
    ["A dog runs over the grass.", "a brown dog is running on grass"],
    ["Two men ride bikes.", "two men are riding their bikes down a hill"],
    ["A woman looks at the sea.", "a woman stands on the beach and looks at the sea"],
]
# Of the sentences below by pycocoevalcap 1.2, all in lower case, without full stops and with END.
CIDER_D = [4.805680269215412, 2.1958032480820813, 0.0]
SAID = ["a dog is running on grass", "two men on a hill", "a man is running"]


@pytest.fixture
def model() -> XDecoder:
    return generated_model(TINY).requires_grad_(True)


@pytest.fixture
@torch.no_grad()
def memory(model: XDecoder) -> Memory:
    seen = model.encode(torch.randn(2, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(4)))[0]
    # Generated weights hardly look at the picture.
    return replace(seen, values=[v * 100 for v in seen.values])


def test_rewards_are_cider_and_unfinished_sentences_get_less() -> None:
    reward = CaptionReward(CAPTIONS)
    got = reward([2, 0, 1], [SAID[2] + END, SAID[0] + END, SAID[1] + END])
    np.testing.assert_allclose(got, [CIDER_D[2], CIDER_D[0], CIDER_D[1]], rtol=1e-9)
    assert got[1] > got[0]
    assert reward([0], [SAID[0]])[0] < got[1]


def test_drawn_sentences_are_what_the_model_says_next(model: XDecoder, memory: Memory) -> None:
    # So sure of itself that the likeliest word is drawn.
    with torch.no_grad():
        model.decoder.caping_embed.mul_(1e4)
    ids = said(model, memory, count=3, steps=6)
    assert ids.shape == (2, 3, 7)
    tokens = model.text_encoder(ids.flatten(0, 1)).unflatten(0, (2, 3))
    logits, goal, spoken, _ = next_words(model, memory, ids, tokens)
    assert spoken.sum() > 6
    assert torch.equal(logits.argmax(-1), goal)
    assert not torch.equal(ids[0], ids[1])


def test_what_scores_more_becomes_likelier(model: XDecoder, memory: Memory) -> None:
    first, second = [[638, 5, 6, 7, 639], [638, 8, 9, 639, 639]], [[638, 10, 11, 12, 639], [638, 13, 14, 639, 639]]
    ids = torch.tensor([first, second])
    rewards = torch.tensor([[2.0, 0.5], [0.1, 0.9]])

    def likelihood() -> torch.Tensor:
        tokens = model.text_encoder(ids.flatten(0, 1)).unflatten(0, (2, 2))
        logits, goal, spoken, _ = next_words(model, memory, ids, tokens)
        each = torch.zeros(spoken.shape)
        each[spoken] = logits.log_softmax(-1).gather(1, goal[:, None])[:, 0]
        return each.unflatten(1, (2, 4)).sum(-1).detach()

    before = likelihood()
    loss = reward_loss(model, memory, ids, rewards)
    table = model.decoder.caping_embed
    (slope,) = torch.autograd.grad(loss, table)
    with torch.no_grad():
        table -= 1e-3 * slope / slope.norm()
    change = likelihood() - before
    assert (change[:, 0] - change[:, 1] > 0).tolist() == [True, False]


def test_a_sentence_may_end_before_its_first_word(model: XDecoder) -> None:
    step = RewardStep.__new__(RewardStep)
    step.bench = Bench(model, Ids.read(TOKENIZER, TINY.text), SIDE)
    dog = step.bench.ids.tokenizer.encode("a dog").ids
    start, end = dog[0], dog[-1]
    assert step._text([*dog, end]) == "a dog" + END
    assert step._text(dog[:-1]) == "a dog"
    assert step._text([start, end, end]) == END
    assert step._text([start, start]) == ""
