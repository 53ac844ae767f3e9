"""The endless stream of the default model's photos with regions."""

from pathlib import Path
from typing import Any

import numpy as np

from .names import VOCABULARIES
from .paste import Paster
from .regions import from_label_map, from_teachers
from .samples import Sampler
from .shards import Shards, ade_records

SHARED = Path("../../shared")
RUNS = Path("runs/data")
# Flickr8k photos were squashed to squares before they came here, so their aspect is widened more.
PSEUDO_ASPECT = (0.75, 1.5)
UNKNOWN = 255
PSEUDO_SHARE = 0.3


class SegmentationStream:
    """Endless samples (`samples.Sampler`) of ADE20K label maps and of the teachers' pseudo-labels."""

    def __init__(
        self,
        seed: int,
        crop: int = 256,
        pseudo_share: float = PSEUDO_SHARE,
        shared: Path = SHARED,
        runs: Path = RUNS,
        augmented: bool = True,
    ) -> None:
        """pseudo_share: of the samples, those with the teachers' labels; augmented: see `Sampler`, and `paste`."""
        self.sampler, self.rng = Sampler(seed, crop, augmented), np.random.default_rng(seed)
        self.paste = Paster(self.rng) if augmented else Paster(self.rng, chance=0.0)
        self.pseudo_share = pseudo_share
        self.ade, _ = ade_records(shared / "data")
        self.ade_weights = _rarity([r["values"] for _, r in self.ade])
        self.coco = (shared / "teachers" / "coco80_labels.txt").read_text(encoding="utf-8").split("\n")
        self.sets = {
            n: Shards(shared / "data", n, "train") for n in ("flickr8k", "imagenet1k-sample", "daquar", "caltech101")
        }
        self.folder = runs / "pseudo"
        self.chunks: list[Path] = []
        self.queue: list[tuple[str, str, dict[str, np.ndarray]]] = []

    def __iter__(self) -> "SegmentationStream":
        return self

    def __next__(self) -> dict[str, Any]:
        while True:
            sample = self._pseudo() if self.rng.random() < self.pseudo_share else self._ade()
            if sample is not None:
                return sample

    def _ade(self) -> dict[str, Any] | None:
        shards, record = self.ade[self.rng.choice(len(self.ade), p=self.ade_weights)]
        photo, labels = shards.photo(record["file"]), shards.label_map(record["labels"])
        photo, (labels,), _ = self.sampler.cut(photo, [labels])
        return self.sampler.finish(*self.paste(photo, from_label_map(labels)))

    def _pseudo(self) -> dict[str, Any] | None:
        if not self.queue:
            # Whole chunks are read in turn and mixed among themselves: one decompression serves 64 photos.
            if not self.chunks:
                self.chunks = list(self.folder.glob("*.npz"))
                self.rng.shuffle(self.chunks)  # type: ignore[arg-type]
            for path in (self.chunks.pop() for _ in range(min(4, len(self.chunks)))):
                with np.load(path) as data:
                    arrays = {k: data[k] for k in data.files}
                name = path.name.rsplit("-", 1)[0]
                for member in dict.fromkeys(k.rsplit("/", 1)[0] for k in arrays):
                    self.queue.append((name, member, {k: arrays[f"{member}/{k}"] for k in ("ade", "voc", "boxes")}))
            if not self.queue:
                return self._ade()
            self.rng.shuffle(self.queue)  # type: ignore[arg-type]
        name, member, said = self.queue.pop()
        photo = self.sets[name].photo(member)
        photo, maps, (left, top, sx, sy) = self.sampler.cut(photo, [said["ade"], said["voc"]], PSEUDO_ASPECT, UNKNOWN)
        boxes = said["boxes"].copy()
        boxes[:, [0, 2]] = boxes[:, [0, 2]] * sx - left
        boxes[:, [1, 3]] = boxes[:, [1, 3]] * sy - top
        unknown = maps[0] == UNKNOWN
        regions = from_teachers(np.where(unknown, 0, maps[0]), np.where(unknown, 0, maps[1]), boxes, self.coco)
        return self.sampler.finish(*self.paste(photo, regions))


def _rarity(values: list[list[int]]) -> np.ndarray:
    """Sampling weights: a photo counts by its rarest class, softened by a square root."""
    counts = np.bincount([v for vs in values for v in vs], minlength=256)
    weights = np.array([max((1 / np.sqrt(counts[v]) for v in vs if v), default=0.01) for vs in values])
    weights = np.maximum(weights, weights.max() / 12)
    return weights / weights.sum()


def shares_of_names(records: list[tuple[Shards, dict[str, Any]]]) -> dict[str, float]:
    """ADE20K name -> share of the photos that show it, above zero."""
    counts = np.bincount([v for _, r in records for v in r["values"]], minlength=len(VOCABULARIES["ade150"]) + 1)
    return {n: (c + 0.5) / len(records) for n, c in zip(VOCABULARIES["ade150"], counts[1:].tolist(), strict=True)}
