"""Captions by what they score: sentences that the model itself says are made likelier where people agree with them.

Rennie et al., "Self-critical Sequence Training for Image Captioning", CVPR 2017, with the mean of a photo's other
sentences as the baseline (Luo, "A Better Variant of Self-Critical Sequence Training", 2020). Cross-entropy alone
teaches what is often said; the likeliest sentence is then the commonest one.
"""

import math
import operator
from collections import Counter
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..data.words import plain
from ..model import words
from ..model.decoder import Memory
from ..model.xdecoder import XDecoder
from .words import next_words

# Stands for the end of a sentence, so that one that breaks off scores less.
END = " ."
LONGEST_NGRAM = 4
# Of the length penalty, in words.
SIGMA = 6.0

Ngram = tuple[str, ...]


@dataclass(frozen=True)
class _Sentence:
    """weights[n - 1]: TF-IDF of each n-gram; norms: their lengths as vectors; words: how many."""

    weights: list[dict[Ngram, float]]
    norms: list[float]
    words: int


class CaptionReward:
    """CIDEr-D (Vedantam et al., CVPR 2015, section 4) of sentences against the captions of their photos.

    captions: those of every photo; how rare an n-gram is is counted over all of them.
    """

    def __init__(self, captions: list[list[str]]) -> None:
        texts = [[plain(c) + END for c in own] for own in captions]
        photos = Counter(g for own in texts for g in {g for t in own for n in _ngrams(t) for g in n})
        self.unseen = math.log(len(captions))
        self.rarity = {g: self.unseen - math.log(count) for g, count in photos.items()}
        self.captions = [[self._sentence(t) for t in own] for own in texts]

    def __call__(self, photos: list[int], sentences: list[str]) -> np.ndarray:
        """Scores (N,), 0..10; photos[i]: the photo of sentences[i], which ends in END where it is whole."""
        said = [self._sentence(s) for s in sentences]
        return np.array([
            10 * np.mean([_likeness(s, caption) for caption in self.captions[p]])
            for p, s in zip(photos, said, strict=True)
        ])  # fmt: skip

    def _sentence(self, text: str) -> _Sentence:
        weights = [{g: c * self.rarity.get(g, self.unseen) for g, c in n.items()} for n in _ngrams(text)]
        return _Sentence(weights, [math.hypot(*w.values()) for w in weights], len(text.split()))


def _ngrams(text: str) -> list[Counter[Ngram]]:
    """How often each n-gram occurs, for n from 1 to LONGEST_NGRAM."""
    words = text.split()
    return [Counter(zip(*(words[i:] for i in range(n)), strict=False)) for n in range(1, LONGEST_NGRAM + 1)]


def _likeness(said: _Sentence, caption: _Sentence) -> float:
    """Clipped cosine, mean over n, less the more their lengths differ; 0..1."""
    total = 0.0
    for a, b, norm in zip(said.weights, caption.weights, map(operator.mul, said.norms, caption.norms), strict=True):
        if norm > 0:
            total += sum(min(w, b[g]) * b[g] for g, w in a.items() if g in b) / norm
    return total / LONGEST_NGRAM * math.exp(-((said.words - caption.words) ** 2) / (2 * SIGMA**2))


@torch.no_grad()
def said(model: XDecoder, memory: Memory, count: int, steps: int) -> Tensor:
    """Sentences drawn word by word: ids (B, count, steps + 1) from the start token on; after the end only ends."""
    batch, end = len(memory.mask_features), model.config.text.end_token
    begun = words.prefill(model, memory)
    queries = [(k.repeat_interleave(count, 0), v.repeat_interleave(count, 0)) for k, v in begun.queries]
    each = Memory(
        memory.mask_features,
        memory.level_features,
        [k.repeat_interleave(count, 0) for k in memory.keys],
        [v.repeat_interleave(count, 0) for v in memory.values],
    )
    ids = [torch.full((batch * count, 1), model.config.text.start_token)]
    cache, ended = words.empty_cache(model, batch * count), torch.zeros(batch * count, 1, dtype=torch.bool)
    for _ in range(steps):
        step = words.step(model, each, queries, ids[-1], cache)
        cache = step.cache
        word = torch.multinomial(step.logits.float().softmax(-1), 1)
        ids.append(word.masked_fill(ended, end))
        ended = ended | (word == end)
        if ended.all():
            break
    return torch.cat(ids, 1).unflatten(0, (batch, count))


def reward_loss(model: XDecoder, memory: Memory, ids: Tensor, rewards: Tensor) -> Tensor:
    """Log likelihood of sentences ids (B, C, T) that were drawn, by how far their rewards (B, C) are above the mean."""
    count = rewards.shape[1]
    advantage = (rewards - rewards.mean(1, keepdim=True)) * count / (count - 1)
    tokens = model.text_encoder(ids.flatten(0, 1)).unflatten(0, ids.shape[:2])
    logits, goal, spoken, _ = next_words(model, memory, ids, tokens)
    weight = advantage[..., None].expand(-1, -1, ids.shape[2] - 1).flatten(1)[spoken]
    return (F.cross_entropy(logits, goal, reduction="none") * weight).sum() / len(goal)
