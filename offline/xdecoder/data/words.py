"""Photos with sentences: Flickr8k captions, DAQUAR questions. Whole photos, squashed to squares as Flickr8k's are."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from ..vocabulary import small_answers
from .phrases import mirror
from .samples import recolour
from .shards import Shards

# Share of each side that a random crop keeps at least: what a caption mentions must stay in sight.
LEAST = 0.85


def square(photo: Image.Image, side: int, rng: np.random.Generator) -> np.ndarray:
    """(side, side, 3) uint8: a random crop, squashed, its colours changed."""
    w, h = (float(rng.uniform(LEAST, 1)) * s for s in photo.size)
    left, top = float(rng.uniform(0, photo.width - w)), float(rng.uniform(0, photo.height - h))
    box = (left, top, left + w, top + h)
    return recolour(np.asarray(photo.resize((side, side), Image.Resampling.BILINEAR, box=box)), rng)


class CaptionBatches:
    """Endless batches of (images (B, side, side, 3) uint8, captions [B * 4], row of each caption in `captions`).

    A step costs what its longest caption does, so those of more than LONGEST words (one in twelve) are left out where
    the photo has others.
    """

    PER_PHOTO = 4
    LONGEST = 17

    def __init__(self, folder: Path, side: int, batch: int, seed: int) -> None:
        self.shards = Shards(folder, "flickr8k", "train")
        self.side, self.batch, self.rng = side, batch, np.random.default_rng(seed)
        self.captions: list[str] = []
        self.photo: list[int] = []
        self.own: list[list[int]] = []
        for i, record in enumerate(self.shards.records):
            texts = [tidy(text) for text in record["captions"]]
            texts = [t for t in texts if len(t.split()) <= self.LONGEST] or texts
            self.own.append([*range(len(self.captions), len(self.captions) + len(texts))])
            self.captions += texts
            self.photo += [i] * len(texts)
        self.order: list[int] = []

    def __next__(self) -> tuple[np.ndarray, list[str], list[int]]:
        images, texts, rows = [], [], []
        for _ in range(self.batch):
            if not self.order:
                self.order = self.rng.permutation(len(self.shards.records)).tolist()
            index = self.order.pop()
            image = square(self.shards.photo(self.shards.records[index]["file"]), self.side, self.rng)
            # Every one before any twice.
            own = [r for _ in range(self.PER_PHOTO) for r in self.rng.permutation(self.own[index]).tolist()]
            own = own[: self.PER_PHOTO]
            flip = self.rng.random() < 0.5
            images.append(image[:, ::-1] if flip else image)
            texts += [mirror(self.captions[r]) if flip else self.captions[r] for r in own]
            rows += own
        return np.stack(images), texts, rows


Asked = dict[str, list[tuple[str, list[int]]]]


class QuestionBatches:
    """Endless batches of (images (B, side, side, 3) uint8, questions [B * 4], answer indices (B, 4), names of photos).

    asked: questions of each photo, with the indices of their right answers; photo: opens one by its name. sided:
    answers that say left or right; a photo that is asked such a thing is not flipped.
    """

    PER_PHOTO = 4

    def __init__(
        self,
        asked: Asked,
        photo: Callable[[str], Image.Image],
        side: int,
        batch: int,
        seed: int,
        sided: Collection[int] = (),
    ) -> None:
        self.asked, self.photo, self.sided = asked, photo, frozenset(sided)
        self.side, self.batch, self.rng = side, batch, np.random.default_rng(seed)
        self.order: list[str] = []

    def __next__(self) -> tuple[np.ndarray, list[str], np.ndarray, list[str]]:
        images, texts, answers, files = [], [], [], []
        for _ in range(self.batch):
            if not self.order:
                # A photo comes as often as it has fours of questions.
                often = [f for f, asked in self.asked.items() for _ in range(-(-len(asked) // self.PER_PHOTO))]
                self.order = self.rng.permutation(often).tolist()
            file = self.order.pop()
            image = square(self.photo(file), self.side, self.rng)
            flip, asked = self.rng.random() < 0.5, self.asked[file]
            drawn = [
                asked[i] for i in self.rng.choice(len(asked), self.PER_PHOTO, replace=len(asked) < self.PER_PHOTO)
            ]
            flip = flip and not any(self.sided.intersection(known) for _, known in drawn)
            images.append(image[:, ::-1] if flip else image)
            for question, known in drawn:
                texts.append(mirror(question) if flip else question)
                answers.append(known[int(self.rng.integers(len(known)))])
            files.append(file)
        return np.stack(images), texts, np.array(answers).reshape(self.batch, self.PER_PHOTO), files


def known_answers(rows: Iterable[tuple[str, str, list[str]]], index: Mapping[str, int]) -> Asked:
    """(photo, question, right answers) rows by photo; answers outside the list are left out, and so their questions."""
    asked: Asked = {}
    for photo, question, answers in rows:
        known = [index[a] for a in answers if a in index]
        if known:
            asked.setdefault(photo, []).append((question, known))
    return asked


def sided_answers(index: Mapping[str, int]) -> frozenset[int]:
    """Those of a list that are others in a flipped photo."""
    return frozenset(i for answer, i in index.items() if mirror(answer) != answer)


def daquar_questions(shards: Shards) -> Asked:
    """DAQUAR's questions of each photo with the indices of their right answers in the small models' list."""
    rows = ((r["file"], r["question"], r["answer"].split(", ")) for r in shards.records)
    return known_answers(rows, {a: i for i, a in small_answers().items()})


def daquar(folder: Path, side: int, batch: int, seed: int) -> QuestionBatches:
    shards = Shards(folder, "daquar", "train")
    return QuestionBatches(daquar_questions(shards), shards.photo, side, batch, seed)


def tidy(caption: str) -> str:
    """Spaces before full stops and what follows them are noise."""
    return caption.strip().rstrip(".").strip()


def plain(text: str) -> str:
    """Lower case, words only: what the caption scorers compare."""
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))
