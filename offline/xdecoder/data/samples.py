"""A training sample: a photo cut, turned and recoloured, its regions, a phrase, questions and marks about them."""

from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance

from .phrases import describe, mirror
from .prompts import mark
from .questions import Asker, Facts
from .regions import Regions

SMALLEST = 24
QUESTIONS = 4
SCALE = (0.75, 2.0)
# What lies outside the photo in a label map: unknown.
OUTSIDE = 0


class Sampler:
    """Cuts square training pictures out of photos.

    A sample: image (crop, crop, 3) uint8; masks (N, crop, crop) bool; classes (N,) indices into the vocabulary's names;
    vocabulary; ignore (crop, crop) bool; questions [(question, answer)], maybe none; phrase;
    phrase_mask (crop, crop) bool, all False where nothing answers it; prompted: index of the region that `marks` mean.
    """

    def __init__(self, seed: int, crop: int, augmented: bool = True) -> None:
        """augmented: scaled, stretched, flipped and recoloured at random; else only cut."""
        self.rng, self.crop, self.augmented = np.random.default_rng(seed), crop, augmented
        self.asker = Asker(self.rng)

    def cut(
        self,
        photo: Image.Image,
        maps: list[np.ndarray],
        aspect: tuple[float, float] = (0.8, 1.25),
        outside: int = OUTSIDE,
    ) -> tuple[np.ndarray, list[np.ndarray], tuple[float, float, float, float]]:
        """Random scale, aspect and crop of a photo and its label maps (h, w) uint8; then (left, top, scale x, scale y).

        aspect: least and greatest stretch; outside: label of what lies outside the photo.
        """
        rng, crop = self.rng, self.crop
        stretch, factor = 1.0, crop / min(photo.size)
        if self.augmented:
            stretch = np.sqrt(np.exp(rng.uniform(*np.log(aspect))))
            factor *= np.exp(rng.uniform(*np.log(SCALE)))
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
            canvas = np.full((crop, crop), outside, np.uint8)
            canvas[at] = np.asarray(Image.fromarray(m).resize(size, Image.Resampling.NEAREST, box=box))
            out.append(canvas)
        return image, out, (left, top, sx, sy)

    def finish(self, image: np.ndarray, regions: Regions) -> dict[str, Any] | None:
        # Before anything is said of its colours.
        image = recolour(image, self.rng) if self.augmented else image
        large = regions.masks.sum((1, 2)) >= SMALLEST
        if not large.any():
            return None
        told = list(zip(regions.names, large, strict=True))
        regions = replace(
            regions,
            masks=regions.masks[large],
            names=[name for name, kept in told if kept],
            # Too small to be learnt, and yet there.
            unknown=regions.unknown | regions.masks[~large].any(0),
            unsure=regions.unsure | {name for name, kept in told if not kept},
        )
        phrase = describe(regions, image, self.rng)
        facts = Facts.of(regions, image)
        asked = [self.asker.ask(facts) for _ in range(QUESTIONS)]
        inside = np.zeros(image.shape[:2], bool)
        for i in phrase.regions:
            inside |= regions.masks[i]
        text = phrase.text
        questions = {q.text: q.answer for q in asked if q}
        masks, unknown = regions.masks, regions.unknown
        # A "left hand" is a right one in a flipped picture.
        sided = any(mirror(name) != name for name in regions.names)
        if self.augmented and self.rng.random() < 0.5 and not sided:
            image, masks, unknown, inside = image[:, ::-1], masks[:, :, ::-1], unknown[:, ::-1], inside[:, ::-1]
            text, questions = mirror(text), {mirror(q): a for q, a in questions.items()}
        if self.rng.random() < 0.3:
            text += "."
        weights = np.sqrt(masks.sum((1, 2)))
        prompted = int(self.rng.choice(len(masks), p=weights / weights.sum()))
        index = {n: i for i, n in enumerate(regions.known)}
        return {
            "image": np.ascontiguousarray(image),
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


def recolour(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Brightness, contrast and saturation changed at random; (H, W, 3) uint8."""
    photo = Image.fromarray(np.ascontiguousarray(image))
    for enhance, spread in ((ImageEnhance.Brightness, 0.3), (ImageEnhance.Contrast, 0.3), (ImageEnhance.Color, 0.4)):
        photo = enhance(photo).enhance(float(rng.uniform(1 - spread, 1 + spread)))
    return np.asarray(photo)
