"""Questions generated about whole photos, squashed to squares as the pictures are that people's questions are about.

Those of `samples` are about close-ups for masks; a question in use is about all of a picture.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from .phrases import mirror
from .questions import Asker, Facts
from .regions import from_label_map
from .shards import Shards
from .words import most_of, square

# Of a question that only fills up.
UNANSWERED = -1


class AskedBatches:
    """Endless batches of (images (B, side, side, 3) uint8, questions [B * PER_PHOTO], answer indices (B, PER_PHOTO)).

    photos: of ADE20K, with people's label maps; index: of the answers a model knows. What is asked about a photo
    differs each time, and so do its colours. One with fewer questions has UNANSWERED in place of the others.
    """

    PER_PHOTO = 8

    def __init__(
        self,
        photos: Sequence[tuple[Shards, dict[str, Any]]],
        side: int,
        batch: int,
        seed: int,
        index: Mapping[str, int],
    ) -> None:
        self.photos, self.side, self.batch, self.index = photos, side, batch, index
        self.rng = np.random.default_rng(seed)
        self.asker = Asker(self.rng)
        self.order: list[int] = []

    def __next__(self) -> tuple[np.ndarray, list[str], np.ndarray]:
        images, texts = [], []
        answers = np.full((self.batch, self.PER_PHOTO), UNANSWERED)
        for row in answers:
            if not self.order:
                self.order = self.rng.permutation(len(self.photos)).tolist()
            shards, record = self.photos[self.order.pop()]
            photo, labels = shards.photo(record["file"]), Image.fromarray(shards.label_map(record["labels"]))
            box = most_of(photo.size, self.rng)
            image = square(photo, self.side, self.rng, box)
            cut = labels.resize((self.side, self.side), Image.Resampling.NEAREST, box=box)
            asked = self._about(image, np.asarray(cut))
            flip = self.rng.random() < 0.5
            images.append(image[:, ::-1] if flip else image)
            texts += [mirror(q) if flip else q for q in asked] + ["?"] * (self.PER_PHOTO - len(asked))
            row[: len(asked)] = [self.index[a] for a in asked.values()]
        return np.stack(images), texts, answers

    def _about(self, image: np.ndarray, labels: np.ndarray) -> dict[str, str]:
        """Question -> answer, those whose answers are known."""
        regions = from_label_map(labels)
        if not regions.names:
            return {}
        facts = Facts.of(regions, image)
        asked = [self.asker.ask(facts) for _ in range(self.PER_PHOTO)]
        return {q.text: q.answer for q in asked if q and q.answer in self.index}
