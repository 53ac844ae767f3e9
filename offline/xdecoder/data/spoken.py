"""Sentences generated for photos that nobody captioned: rooms and streets by their labels, objects by their class.

Flickr8k shows people and dogs outdoors; a model that read only its captions calls every flower a dog.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from .names import VOCABULARIES, words_for
from .shards import Shards, ade_records
from .words import square

# Scenes whose name says something to a reader; ADE20K marks the others so.
NAMELESS = ("misc", "exterior", "natural", "indoor", "outdoor")
# A part of the photo smaller than this is not worth a word.
SEEN = 0.02
WITH_SCENE = (
    "a {scene} with {things}", "{things} in a {scene}", "a view of a {scene} with {things}", "a {scene}",
    "a photo of a {scene}", "this is a {scene} with {things}",
)  # fmt: skip
WITHOUT = ("{things}", "a photo of {things}", "there is {things}", "a picture with {things}")
# Sets whose photos show one thing each, with its class.
OBJECTS = ("caltech101", "imagenet1k-sample")
OBJECT = ("a {name}", "a photo of a {name}", "a picture of a {name}", "a close up of a {name}", "there is a {name}")
STUFF = ("wall", "floor", "ceiling", "sky", "earth", "grass", "water", "sand", "sea", "snow", "field")


def articles(text: str) -> str:
    """"a" before a vowel becomes "an"."""
    words = text.split(" ")
    return " ".join("an" if w == "a" and n[:1] in "aeiou" else w for w, n in zip(words, [*words[1:], ""], strict=True))


def scene_captions(scene: str, labels: np.ndarray, rng: np.random.Generator, count: int) -> list[str]:
    """Of a photo by its ADE20K label map (H, W): its scene and up to three of its largest parts."""
    shares = np.bincount(labels.ravel(), minlength=151)[1:] / labels.size
    names = VOCABULARIES["ade150"]
    large = [names[i] for i in np.argsort(-shares) if shares[i] > SEEN]
    # What stands in a room says more than its walls do.
    told = [n for n in large if n not in STUFF] or large
    said = []
    for _ in range(count):
        few = told[: int(rng.integers(1, 4))]
        spoken = [str(rng.choice(words_for(n))) if rng.random() < 0.3 else n for n in few]
        things = [n if n in STUFF or n.endswith("s") else f"a {n}" for n in spoken]
        listed = " and ".join([", ".join(things[:-1]), things[-1]] if len(things) > 1 else things)
        wordings = WITHOUT if scene.split(" ")[0] in NAMELESS else WITH_SCENE
        said.append(articles(str(rng.choice(wordings)).format(scene=scene, things=listed or "something")))
    return said


def object_captions(name: str, rng: np.random.Generator, count: int) -> list[str]:
    return [articles(str(w).format(name=name.lower())) for w in rng.choice(OBJECT, count, replace=False)]


def told_plainly(caption: str) -> str:
    """What is told, without how: "a photo of a dog" tells of a dog."""
    return re.sub("^(an? (photo|picture|view|close up) (of|with) |this is |there is )", "", caption)


class SpokenBatches:
    """Endless batches of (images (B, side, side, 3) uint8, captions [B * PER_PHOTO], set and file of each photo)."""

    PER_PHOTO = 2

    def __init__(self, folder: Path, side: int, batch: int, seed: int) -> None:
        self.side, self.batch, self.rng = side, batch, np.random.default_rng(seed)
        ade, _ = ade_records(folder)
        self.all: list[tuple[Shards, dict[str, Any], Callable[[Shards, dict[str, Any]], list[str]]]] = []
        self.all += [(s, r, self._scene) for s, r in ade]
        for name in OBJECTS:
            shards = Shards(folder, name, "train")
            self.all += [(shards, r, self._object) for r in shards.records]
        self.order: list[int] = []

    def _scene(self, shards: Shards, record: dict[str, Any]) -> list[str]:
        return scene_captions(record["scene"], shards.label_map(record["labels"]), self.rng, self.PER_PHOTO)

    def _object(self, _: Shards, record: dict[str, Any]) -> list[str]:
        return object_captions(record["class"], self.rng, self.PER_PHOTO)

    def __next__(self) -> tuple[np.ndarray, list[str], list[tuple[Shards, str]]]:
        images, texts, photos = [], [], []
        for _ in range(self.batch):
            if not self.order:
                self.order = self.rng.permutation(len(self.all)).tolist()
            shards, record, speak = self.all[self.order.pop()]
            photo: Image.Image = shards.photo(record["file"])
            image = square(photo, self.side, self.rng)
            # None of these sentences knows left from right.
            images.append(image[:, ::-1] if self.rng.random() < 0.5 else image)
            texts += speak(shards, record)
            photos.append((shards, record["file"]))
        return np.stack(images), texts, photos
