"""Captions by beam search (as `src/tasks/caption.ts`): the best sentences are kept at every word."""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from ..runtime import Features, Runtime
from ..runtime.interface import WordCache
from .caption import STEPS, region_bias


@dataclass(frozen=True)
class Sentence:
    """token_ids from the start token on; total log probability; cache of all but the last word, None once ended."""

    token_ids: list[int]
    total: float
    cache: WordCache | None

    @property
    def score(self) -> float:
        """Mean log probability of the words, by which sentences compete: their sum would favour short ones."""
        return self.total / max(1, len(self.token_ids) - 1)


def beam(
    runtime: Runtime, features: Features, width: int, *, hidden: Tensor | None = None, steps: int = STEPS
) -> Sentence:
    """Keeps the `width` best sentences until all of them have ended; 1 takes the likeliest word each time.

    With more, no two words come in the same order twice, which rids captions of "on a wall on a wall".
    hidden: bool (h, w), True where the caption may not look (region caption).
    """
    info = runtime.info
    bias = None if hidden is None else region_bias(hidden, features.padded)
    queries = runtime.caption_prefill(features)

    def longer(sentence: Sentence) -> list[Sentence]:
        if sentence.cache is None:
            return [sentence]
        word = runtime.caption_step(features, queries, sentence.token_ids[-1], sentence.cache, bias)
        likely = word.logits[0].float().log_softmax(-1)
        if width > 1:
            ids = sentence.token_ids
            likely[[b for a, b in pairwise(ids) if a == ids[-1]]] = -torch.inf
        found = likely.topk(width)
        return [
            Sentence([*sentence.token_ids, i], sentence.total + p, None if i == info.end_token else word.cache)
            for p, i in zip(found.values.tolist(), found.indices.tolist(), strict=True)
        ]

    kept = [Sentence([info.start_token], 0.0, runtime.caption_start())]
    for _ in range(min(steps, info.context - 1)):
        if all(sentence.cache is None for sentence in kept):
            break
        kept = sorted((s for sentence in kept for s in longer(sentence)), key=lambda s: -s.score)[:width]
    return kept[0]
