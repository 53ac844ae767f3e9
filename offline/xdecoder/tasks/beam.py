"""Captions by beam search (as `src/tasks/caption.ts`): likely sentences that people would agree with."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from ..runtime import Features, Runtime
from .caption import STEPS, region_bias
from .consensus import Agreement


@dataclass(frozen=True)
class Search:
    """width: sentences that are kept at every word, 1 as in the original. growing, chosen: how much it counts how far
    people would agree, in log probability a word, while sentences grow and in the choice of one at the end.
    """

    width: int = 1
    growing: float = 0.0
    chosen: float = 0.0

    @staticmethod
    def of(option: Callable[[str, float], float]) -> "Search":
        """From a task's options, by their names."""
        return Search(int(option("beams", 1)), option("consensusGrowing", 0), option("consensus", 0))


@dataclass(frozen=True)
class Sentence:
    """token_ids from the start token on; total log probability; row of the cache of all but the last word, None once
    ended; agreement: how far people would agree, 0 where the model has no weights for it."""

    token_ids: list[int]
    total: float
    row: int | None
    agreement: float = 0.0

    @property
    def score(self) -> float:
        """Mean log probability of the words, by which sentences compete: their sum would favour short ones."""
        return self.total / max(1, len(self.token_ids) - 1)

    def rank(self, weight: float) -> float:
        return self.score + weight * self.agreement


def beam(
    runtime: Runtime, features: Features, search: Search, *, hidden: Tensor | None = None, steps: int = STEPS
) -> list[Sentence]:
    """Keeps the best sentences until all have ended, and gives them best first; a width of 1 takes the likeliest words.

    With more, no two words come in the same order twice, which rids captions of "on a wall on a wall".
    hidden: bool (h, w), True where the caption may not look (region caption).
    """
    info = runtime.info
    bias = None if hidden is None else region_bias(hidden, features.padded)
    begun, cache = runtime.caption_prefill(features), runtime.caption_start()
    agree = Agreement(begun.expected if search.growing or search.chosen else None)
    kept = [Sentence([info.start_token], 0.0, 0)]
    for _ in range(min(steps, info.context - 1)):
        going = [(sentence, sentence.row) for sentence in kept if sentence.row is not None]
        if not going:
            break
        # All of them in one run: the weights, which take longer to read than to multiply with, are read once.
        tokens, parents = [s.token_ids[-1] for s, _ in going], [row for _, row in going]
        word = runtime.caption_step(features, begun.queries, tokens, parents, cache, bias)
        cache, likely = word.cache, word.logits.float().log_softmax(-1)
        longer = [s for s in kept if s.row is None]
        for row, (sentence, _) in enumerate(going):
            ids = sentence.token_ids
            if search.width > 1:
                likely[row, [b for a, b in pairwise(ids) if a == ids[-1]]] = -torch.inf
            found = likely[row].topk(search.width)
            longer += [
                Sentence(said := [*ids, i], sentence.total + p, None if i == info.end_token else row, agree(said))
                for p, i in zip(found.values.tolist(), found.indices.tolist(), strict=True)
            ]
        kept = sorted(longer, key=lambda s: -s.rank(search.growing))[: search.width]
    return sorted(kept, key=lambda s: -s.rank(search.chosen))
