"""Captions by beam search, over next words from a table. `src/tasks/caption.test.ts` has the same table."""

import math
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import cast

import pytest
import torch

from xdecoder.model.config import TINY
from xdecoder.parity.weights import generated_model
from xdecoder.runtime import Features, Runtime
from xdecoder.runtime.torch_runtime import TorchRuntime
from xdecoder.tasks.beam import beam
from xdecoder.tasks.caption import greedy

WORDS = ["", "a", "dog", "cat", "runs", "sits", "the", "<end>"]
END = 7
NEXT = {
    "": {"the": 0.5, "a": 0.45},
    "the": {"dog": 0.3, "cat": 0.28},
    "the dog": {"<end>": 0.3},
    "the cat": {"<end>": 0.3},
    "a": {"dog": 0.9},
    "a dog": {"runs": 0.8, "sits": 0.1},
    "a dog runs": {"<end>": 0.9},
    "a dog sits": {"<end>": 0.9},
}
# "A dog" has ended when "a cat" still wants a word.
LATE = {
    "": {"a": 0.9},
    "a": {"dog": 0.5, "cat": 0.45},
    "a dog": {"<end>": 0.5},
    "a cat": {"sits": 0.5},
    "a cat sits": {"<end>": 0.99},
}


@dataclass
class Table:
    """A runtime that knows captions alone; what has been read is its cache."""

    next: dict[str, dict[str, float]]
    info = SimpleNamespace(start_token=0, end_token=END, context=11)

    def caption_prefill(self, features: Features) -> list[object]:
        return []

    def caption_start(self) -> str:
        return ""

    def caption_step(self, features: Features, queries: list[object], token: int, cache: str, bias: None) -> object:
        text = f"{cache} {WORDS[token]}".strip()
        known = self.next.get(text, {})
        rest = (1 - sum(known.values())) / (len(WORDS) - len(known))
        logits = torch.tensor([[math.log(known.get(word, rest)) for word in WORDS]])
        return SimpleNamespace(logits=logits, cache=text)


@pytest.mark.parametrize(
    ("table", "width", "text", "probability"),
    [
        (NEXT, 1, " the dog <end>", 0.5 * 0.3 * 0.3),
        (NEXT, 2, " a dog runs <end>", 0.45 * 0.9 * 0.8 * 0.9),
        (LATE, 2, " a cat sits <end>", 0.9 * 0.45 * 0.5 * 0.99),
    ],
)
def test_more_beams_find_the_sentence_that_is_likelier_a_word(
    table: dict[str, dict[str, float]], width: int, text: str, probability: float
) -> None:
    found, *_ = beam(cast(Runtime, Table(table)), cast(Features, None), width)
    assert " ".join(WORDS[i] for i in found.token_ids) == text
    assert found.score == pytest.approx(math.log(probability) / (len(found.token_ids) - 1), abs=1e-5)


def test_no_two_words_come_in_the_same_order_twice_but_for_one_beam() -> None:
    class Echo(Table):
        def caption_step(self, features: Features, queries: list[object], token: int, cache: str, bias: None) -> object:
            known = {"sits": 0.9} if WORDS[token] == "cat" else {"cat": 0.9}
            known["<end>"] = 0.05
            rest = (1 - sum(known.values())) / (len(WORDS) - 2)
            return SimpleNamespace(logits=torch.tensor([[math.log(known.get(w, rest)) for w in WORDS]]), cache="")

    one, two = (beam(cast(Runtime, Echo({})), cast(Features, None), width)[0] for width in (1, 2))
    assert " ".join(WORDS[i] for i in one.token_ids) == " cat sits cat sits cat sits cat sits cat sits"
    assert " ".join(WORDS[i] for i in two.token_ids) == " cat sits cat <end>"


def test_one_beam_is_greedy() -> None:
    runtime = TorchRuntime(generated_model(TINY))
    features = runtime.image(torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(3)))
    plain = greedy(runtime, features, steps=6)
    one, three = (beam(runtime, features, width, steps=6)[0] for width in (1, 3))
    assert one.token_ids == plain.token_ids
    assert one.score == pytest.approx(plain.score, abs=1e-4)
    pairs = list(pairwise(three.token_ids))
    assert len(set(pairs)) == len(pairs)
