"""Captions by beam search, over next words from a table. `src/tasks/caption.test.ts` has the same table."""

import math
from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace
from typing import cast

import pytest
import torch

from xdecoder.model.config import TINY
from xdecoder.model.consensus import Expected
from xdecoder.model.words import Begun
from xdecoder.parity.weights import generated_model
from xdecoder.runtime import Features, Runtime
from xdecoder.runtime.torch_runtime import TorchRuntime
from xdecoder.tasks.beam import Search, beam
from xdecoder.tasks.caption import greedy, region_bias

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
    """A runtime that knows captions alone; what each sentence has read is its cache. reads: sentences of each run."""

    next: dict[str, dict[str, float]]
    reads: list[int] = field(default_factory=list)
    expected: Expected | None = None
    info = SimpleNamespace(start_token=0, end_token=END, context=11)

    def caption_prefill(self, features: Features) -> Begun:
        return Begun([], self.expected)

    def caption_start(self) -> list[str]:
        return [""]

    def follows(self, text: str) -> dict[str, float]:
        return self.next.get(text, {})

    def caption_step(
        self, features: Features, queries: list[object], tokens: list[int], at: list[int], cache: list[str], bias: None
    ) -> object:
        texts = [f"{cache[row]} {WORDS[token]}".strip() for row, token in zip(at, tokens, strict=True)]
        self.reads.append(len(texts))

        def logits(known: dict[str, float]) -> list[float]:
            rest = (1 - sum(known.values())) / (len(WORDS) - len(known))
            return [math.log(known.get(word, rest)) for word in WORDS]

        return SimpleNamespace(logits=torch.tensor([logits(self.follows(text)) for text in texts]), cache=texts)


@pytest.mark.parametrize(
    ("table", "width", "text", "probability", "reads"),
    [
        (NEXT, 1, " the dog <end>", 0.5 * 0.3 * 0.3, [1, 1, 1]),
        (NEXT, 2, " a dog runs <end>", 0.45 * 0.9 * 0.8 * 0.9, [1, 2, 2, 1]),
        (LATE, 2, " a cat sits <end>", 0.9 * 0.45 * 0.5 * 0.99, [1, 2, 2, 1]),
    ],
)
def test_more_beams_find_the_sentence_that_is_likelier_a_word(
    table: dict[str, dict[str, float]], width: int, text: str, probability: float, reads: list[int]
) -> None:
    runtime = Table(table)
    found, *_ = beam(cast(Runtime, runtime), cast(Features, None), Search(width))
    assert " ".join(WORDS[i] for i in found.token_ids) == text
    assert found.score == pytest.approx(math.log(probability) / (len(found.token_ids) - 1), abs=1e-5)
    # Read side by side, and what has ended is read no more.
    assert runtime.reads == reads


def test_no_two_words_come_in_the_same_order_twice_but_for_one_beam() -> None:
    class Echo(Table):
        def follows(self, text: str) -> dict[str, float]:
            return {"sits" if text.endswith("cat") else "cat": 0.9, "<end>": 0.05}

    one, two = (beam(cast(Runtime, Echo({})), cast(Features, None), Search(width))[0] for width in (1, 2))
    assert " ".join(WORDS[i] for i in one.token_ids) == " cat sits cat sits cat sits cat sits cat sits"
    assert " ".join(WORDS[i] for i in two.token_ids) == " cat sits cat <end>"


def test_one_beam_is_greedy() -> None:
    runtime = TorchRuntime(generated_model(TINY))
    features = runtime.image(torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(3)))
    plain = greedy(runtime, features, steps=6)
    one, three = (beam(runtime, features, Search(width), steps=6)[0] for width in (1, 3))
    assert one.token_ids == plain.token_ids
    assert one.score == pytest.approx(plain.score, abs=1e-4)
    pairs = list(pairwise(three.token_ids))
    assert len(set(pairs)) == len(pairs)


# Of the tables' words only "dog" and "cat" say anything; this picture is said to show a dog.
DOG = Expected(torch.tensor([[0, 0, 0.5, 0, 0, 0, 0, 0]]), torch.tensor([0.0, 0, 2, 2, 0, 0, 0, 0]))
CAT = Expected(torch.tensor([[0, 0, 0, 0.5, 0, 0, 0, 0]]), DOG.rarity)
# By so much "a dog" is behind "a cat sits" in log probability a word; it agrees by 0.5, and the other not at all.
BEHIND = math.log(0.9 * 0.45 * 0.5 * 0.99) / 4 - math.log(0.9 * 0.5 * 0.5) / 3


@pytest.mark.parametrize(
    ("expected", "search", "text"),
    [
        (DOG, Search(2, 0, 2 * BEHIND - 0.02), " a cat sits <end>"),
        (DOG, Search(2, 0, 2 * BEHIND + 0.02), " a dog <end>"),
        (None, Search(2, 0, 2 * BEHIND + 0.02), " a cat sits <end>"),
        (DOG, Search(2, 8, 8), " a dog <end>"),
        (CAT, Search(2, 8, 8), " a cat sits <end>"),
    ],
)
def test_what_people_would_agree_with_is_kept_and_chosen(expected: Expected | None, search: Search, text: str) -> None:
    found, *_ = beam(cast(Runtime, Table(LATE, expected=expected)), cast(Features, None), search)
    assert " ".join(WORDS[i] for i in found.token_ids) == text


@torch.inference_mode()
def test_sentences_read_side_by_side_are_read_as_each_alone() -> None:
    runtime = TorchRuntime(generated_model(TINY))
    features = runtime.image(torch.randn(1, 3, 64, 96, generator=torch.Generator().manual_seed(4)))
    hidden = torch.zeros(64, 96, dtype=torch.bool)
    hidden[:, :40] = True
    bias, queries = region_bias(hidden, features.padded), runtime.caption_prefill(features).queries

    def alone(tokens: list[int]) -> torch.Tensor:
        cache = runtime.caption_start()
        for token in tokens:
            step = runtime.caption_step(features, queries, [token], [0], cache, bias)
            cache = step.cache
        return step.logits[0]

    together = runtime.caption_step(features, queries, [5], [0], runtime.caption_start(), bias)
    # Two sentences from one, and then three of which two go on from the second.
    for tokens, parents in (([7, 8], [0, 0]), ([9, 10, 11], [1, 0, 1])):
        together = runtime.caption_step(features, queries, tokens, parents, together.cache, bias)
    for row, tokens in enumerate(([5, 8, 9], [5, 7, 10], [5, 8, 11])):
        torch.testing.assert_close(together.logits[row], alone(tokens), atol=2e-5, rtol=1e-5)
