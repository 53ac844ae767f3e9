"""The endless stream of training samples: a photo cut, turned and recoloured, its regions, and one phrase."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance

from .names import VOCABULARIES
from .phrases import describe, mirror
from .prompts import mark
from .questions import ask
from .regions import Regions, from_label_map, from_teachers
from .shards import Shards, ade_records

SHARED = Path("../../shared")
RUNS = Path("runs/data")
SMALLEST = 24
QUESTIONS = 4
# Flickr8k photos were squashed to squares before they came here, so their aspect is widened more.
ASPECT = {"ade20k": (0.8, 1.25), "pseudo": (0.75, 1.5)}
SCALE = (0.75, 2.0)


class SegmentationStream:
    """Iterator of samples for training.

    A sample: image (crop, crop, 3) uint8; masks (N, crop, crop) bool; classes (N,) indices into the vocabulary's names;
    vocabulary; ignore (crop, crop) bool; questions [(question, answer)], maybe none; phrase;
    phrase_mask (crop, crop) bool, all False where nothing answers it; prompted: index of the region that `marks` mean.
    """

    def __init__(
        self, seed: int, crop: int = 256, pseudo_share: float = 0.4, shared: Path = SHARED, runs: Path = RUNS
    ) -> None:
        self.rng = np.random.default_rng(seed)
        self.crop, self.pseudo_share = crop, pseudo_share
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
        photo, (labels,), _ = self._cut(photo, [labels], "ade20k")
        return self._finish(photo, from_label_map(labels))

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
        photo, maps, (left, top, sx, sy) = self._cut(photo, [said["ade"], said["voc"]], "pseudo")
        boxes = said["boxes"].copy()
        boxes[:, [0, 2]] = boxes[:, [0, 2]] * sx - left
        boxes[:, [1, 3]] = boxes[:, [1, 3]] * sy - top
        unknown = maps[0] == 255
        regions = from_teachers(np.where(unknown, 0, maps[0]), np.where(unknown, 0, maps[1]), boxes, self.coco)
        return self._finish(photo, regions)

    def _cut(
        self, photo: Image.Image, maps: list[np.ndarray], kind: str
    ) -> tuple[np.ndarray, list[np.ndarray], tuple[float, float, float, float]]:
        """Random scale, aspect and crop; what lies outside the photo is 0 (ADE: unknown) or 255 (pseudo)."""
        rng, crop = self.rng, self.crop
        low, high = ASPECT[kind]
        stretch = np.sqrt(np.exp(rng.uniform(np.log(low), np.log(high))))
        factor = crop / min(photo.size) * np.exp(rng.uniform(np.log(SCALE[0]), np.log(SCALE[1])))
        w, h = round(photo.width * factor * stretch), round(photo.height * factor / stretch)
        left, top = (int(rng.integers(min(0, s - crop), max(0, s - crop) + 1)) for s in (w, h))
        sx, sy = w / photo.width, h / photo.height
        # Only the part that is kept is resized.
        x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + crop, w), min(top + crop, h)
        box = (x0 / sx, y0 / sy, x1 / sx, y1 / sy)
        size = (x1 - x0, y1 - y0)
        image = np.full((crop, crop, 3), 127, np.uint8)
        at = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        image[at] = np.asarray(photo.resize(size, Image.Resampling.BILINEAR, box=box))
        out = []
        for m in maps:
            canvas = np.full((crop, crop), 255 if kind == "pseudo" else 0, np.uint8)
            canvas[at] = np.asarray(Image.fromarray(m).resize(size, Image.Resampling.NEAREST, box=box))
            out.append(canvas)
        return image, out, (left, top, sx, sy)

    def _finish(self, image: np.ndarray, regions: Regions) -> dict[str, Any] | None:
        keep = [i for i, m in enumerate(regions.masks) if m.sum() >= SMALLEST]
        if not keep:
            return None
        regions = Regions(regions.masks[keep], [regions.names[i] for i in keep], regions.vocabulary, regions.unknown)
        phrase = describe(regions, image, self.rng)
        asked = [ask(regions, image, self.rng) for _ in range(QUESTIONS)]
        inside = np.zeros(image.shape[:2], bool)
        for i in phrase.regions:
            inside |= regions.masks[i]
        text = phrase.text
        questions = {q.text: q.answer for q in asked if q}
        masks, unknown = regions.masks, regions.unknown
        if self.rng.random() < 0.5:
            image, masks, unknown, inside = image[:, ::-1], masks[:, :, ::-1], unknown[:, ::-1], inside[:, ::-1]
            text, questions = mirror(text), {mirror(q): a for q, a in questions.items()}
        if self.rng.random() < 0.3:
            text += "."
        weights = np.sqrt(masks.sum((1, 2)))
        prompted = int(self.rng.choice(len(masks), p=weights / weights.sum()))
        index = {n: i for i, n in enumerate(VOCABULARIES[regions.vocabulary])}
        return {
            "image": recolour(image, self.rng),
            "masks": np.ascontiguousarray(masks),
            "classes": np.array([index[n] for n in regions.names]),
            "vocabulary": regions.vocabulary,
            "ignore": np.ascontiguousarray(unknown),
            "questions": list(questions.items()),
            "phrase": text,
            "prompted": prompted,
            "marks": mark(masks[prompted], self.rng),
            "phrase_mask": np.ascontiguousarray(inside),
        }


def _rarity(values: list[list[int]]) -> np.ndarray:
    """Sampling weights: a photo counts by its rarest class, softened by a square root."""
    counts = np.bincount([v for vs in values for v in vs], minlength=256)
    weights = np.array([max((1 / np.sqrt(counts[v]) for v in vs if v), default=0.01) for vs in values])
    weights = np.maximum(weights, weights.max() / 12)
    return weights / weights.sum()


def recolour(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Brightness, contrast and saturation changed at random; (H, W, 3) uint8."""
    photo = Image.fromarray(np.ascontiguousarray(image))
    for enhance, spread in ((ImageEnhance.Brightness, 0.3), (ImageEnhance.Contrast, 0.3), (ImageEnhance.Color, 0.4)):
        photo = enhance(photo).enhance(float(rng.uniform(1 - spread, 1 + spread)))
    return np.asarray(photo)
