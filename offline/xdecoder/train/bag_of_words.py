"""A small teacher of retrieval: words in a bag on one side, pooled features of two backbones on the other.

The text encoder learns a few thousand photos' captions by heart; a bag of words cannot, and tells photos that it never
saw apart better than what it teaches (`docs/decisions/0008-a-bag-of-words-teaches-retrieval.md`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..model.config import TextConfig
from ..model.text_encoder import normalise

FILE = "bag_of_words.pt"
HIDDEN, TEMPERATURE = 1024, 0.05
FEATURES_DROPPED = 0.3


class Bag(nn.Module):
    """A vector for each word, and how what is seen of photos (features channels) lies."""

    def __init__(self, config: TextConfig, features: int, dim: int) -> None:
        super().__init__()
        self.marks = (config.start_token, config.end_token)
        self.words = nn.Parameter(torch.randn(config.vocabulary, dim) * 0.05)
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("spread", torch.ones(features))

    def measure(self, pooled: Tensor) -> None:
        """Takes mean and spread of each channel from photos' features (N, C)."""
        self.mean.copy_(pooled.mean(0))
        self.spread.copy_(pooled.std(0) + 1e-3)

    def total(self, ids: Tensor, dropped: float = 0.0) -> Tensor:
        """ids (N, T) -> (N, d): the sum of their words' vectors. dropped: share of the words left out."""
        counted = (ids != self.marks[0]) & (ids != self.marks[1])
        if dropped:
            counted &= torch.rand(ids.shape) >= dropped
        return (self.words[ids] * counted[..., None]).sum(1)

    def even(self, pooled: Tensor) -> Tensor:
        """Pooled features (N, C), each channel about 0 and of spread 1."""
        return (pooled - self.mean) / self.spread


class BagOfWords(Bag):
    """Unit vectors of sentences and of photos in one space."""

    def __init__(self, config: TextConfig, features: int, dim: int) -> None:
        super().__init__(config, features, dim)
        self.picture = nn.Sequential(
            nn.Dropout(FEATURES_DROPPED),
            nn.Linear(features, HIDDEN),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(HIDDEN, dim),
        )

    def sentences(self, ids: Tensor, dropped: float = 0.0) -> Tensor:
        """ids (N, T) -> (N, d): the mean of their words' vectors, brought to length 1. dropped: share left out."""
        return normalise(self.total(ids, dropped) + 1e-6)

    def pictures(self, pooled: Tensor) -> Tensor:
        """Pooled features (N, C) -> (N, d)."""
        return normalise(self.picture(self.even(pooled)))

    @torch.no_grad()
    def turn(self, rotation: Tensor) -> None:
        """Turns the space by a (d, d) rotation; no product of two vectors changes."""
        self.words.copy_(self.words @ rotation)
        last = self.picture[-1]
        assert isinstance(last, nn.Linear)
        last.weight.copy_(rotation.T @ last.weight)
        last.bias.copy_(last.bias @ rotation)


def told_apart(scores: Tensor) -> Tensor:
    """Cross-entropy both ways of scores (N, N); row i belongs to column i."""
    own = torch.arange(len(scores))
    return F.cross_entropy(scores, own) + F.cross_entropy(scores.T, own)


def contrast(pictures: Tensor, sentences: Tensor, of: Tensor) -> Tensor:
    """Cross-entropy both ways; row i belongs to row i, and others of the same photo or class do not count against it.

    pictures, sentences (N, d) normalised; of (N,): which photo, or class, each row is of.
    """
    own = torch.arange(len(of))
    same = of[:, None] == of[None]
    same[own, own] = False
    return told_apart((pictures @ sentences.T / TEMPERATURE).masked_fill(same, -1e4))


def likeness_loss(vectors: Tensor, aims: Tensor, bank: Tensor) -> Tensor:
    """How far unit vectors (N, d) are from aims (N, d): in place, and in which of the bank (M, d) they would find."""
    found, wanted = (x @ bank.T / TEMPERATURE for x in (vectors, aims))
    return F.kl_div(found.log_softmax(1), wanted.log_softmax(1), reduction="batchmean", log_target=True) + away(
        vectors, aims
    )


def away(vectors: Tensor, aims: Tensor) -> Tensor:
    """1 - cosine of unit vectors, on average."""
    return (1 - (vectors * aims).sum(1)).mean()


@dataclass
class Lesson:
    """A fitted teacher, where it has the photos, by `seen.key`, each a row of aims (N, d), and names of things."""

    teacher: BagOfWords
    rows: dict[str, int]
    aims: Tensor
    names: list[str]

    def of(self, photos: Iterable[str]) -> Tensor:
        """(photos, d): where the teacher has each."""
        return self.aims[[self.rows[p] for p in photos]]

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        saved = {"photos": list(self.rows), "aims": self.aims.half(), "names": self.names}
        torch.save({"weights": self.teacher.state_dict()} | saved, path)

    @staticmethod
    def read(path: Path, config: TextConfig, dim: int) -> "Lesson":
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing: make it with `python -m xdecoder.train.teach_retrieval`")
        saved = torch.load(path, map_location="cpu", weights_only=True)
        teacher = BagOfWords(config, len(saved["weights"]["mean"]), dim)
        teacher.load_state_dict(saved["weights"])
        rows = {p: i for i, p in enumerate(saved["photos"])}
        aims = saved["aims"].float().to(teacher.words.device)
        return Lesson(teacher.eval().requires_grad_(False), rows, aims, saved["names"])
