"""Captions by beam search (as `src/tasks/caption.ts`): the likeliest sentences, and the one that fits the picture."""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from ..runtime import Features, Prediction, Runtime, TextCodec
from .caption import STEPS, caption_text, region_bias
from .retrieval import image_vectors
from .retrieval import score as similarity
from .vocabulary import phrase_embeddings


@dataclass(frozen=True)
class Sentence:
    """token_ids from the start token on; total log probability; row of the cache of all but the last word, None once
    ended."""

    token_ids: list[int]
    total: float
    row: int | None

    @property
    def score(self) -> float:
        """Mean log probability of the words, by which sentences compete: their sum would favour short ones."""
        return self.total / max(1, len(self.token_ids) - 1)


def beam(
    runtime: Runtime, features: Features, width: int, *, hidden: Tensor | None = None, steps: int = STEPS
) -> list[Sentence]:
    """Keeps the `width` best sentences until all have ended, and gives them best first; 1 takes the likeliest words.

    With more, no two words come in the same order twice, which rids captions of "on a wall on a wall".
    hidden: bool (h, w), True where the caption may not look (region caption).
    """
    info = runtime.info
    bias = None if hidden is None else region_bias(hidden, features.padded)
    queries, cache = runtime.caption_prefill(features), runtime.caption_start()
    kept = [Sentence([info.start_token], 0.0, 0)]
    for _ in range(min(steps, info.context - 1)):
        going = [(sentence, sentence.row) for sentence in kept if sentence.row is not None]
        if not going:
            break
        # All of them in one run: the weights, which take longer to read than to multiply with, are read once.
        tokens, parents = [s.token_ids[-1] for s, _ in going], [row for _, row in going]
        word = runtime.caption_step(features, queries, tokens, parents, cache, bias)
        cache, likely = word.cache, word.logits.float().log_softmax(-1)
        longer = [s for s in kept if s.row is None]
        for row, (sentence, _) in enumerate(going):
            ids = sentence.token_ids
            if width > 1:
                likely[row, [b for a, b in pairwise(ids) if a == ids[-1]]] = -torch.inf
            found = likely[row].topk(width)
            longer += [
                Sentence([*ids, i], sentence.total + p, None if i == info.end_token else row)
                for p, i in zip(found.values.tolist(), found.indices.tolist(), strict=True)
            ]
        kept = sorted(longer, key=lambda s: -s.score)[:width]
    return kept


def fittest(
    runtime: Runtime,
    codec: TextCodec,
    features: Features,
    prediction: Prediction,
    sentences: list[Sentence],
    weight: float,
) -> Sentence:
    """The sentence that is likeliest and fits the picture.

    One in the wrong words, "a photo of a lobster", may be as likely as a right one, since its first words are what many
    captions begin with. prediction: of the base pass. weight: of the retrieval score, in log probability a word.
    """
    vectors = image_vectors(features, prediction)
    texts = phrase_embeddings(runtime, codec, [caption_text(codec, s.token_ids) for s in sentences])
    gains = [s.score + weight * similarity(vectors, text) for s, text in zip(sentences, texts, strict=True)]
    return sentences[gains.index(max(gains))]
