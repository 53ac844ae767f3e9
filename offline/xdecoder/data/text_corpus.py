"""The texts that the tokenizer and the text encoder learn from."""

import itertools
from collections.abc import Iterator
from pathlib import Path

from ..vocabulary import ade150, coco133
from .names import NARROWER, SYNONYMS, VOC_THINGS, plural
from .phrases import COLOURS
from .shards import Shards
from .spoken import OBJECTS

PLACES = ("on the left", "on the right", "at the top", "at the bottom", "in the middle", "in front")


def _other_words() -> Iterator[str]:
    return itertools.chain(*SYNONYMS.values(), *NARROWER.values())


def class_names(folder: Path) -> list[str]:
    """Every class name of every set, synonyms included, in a stable order without repeats."""
    names = [*ade150().names, *coco133().names, *VOC_THINGS.values(), *_other_words()]
    for s in OBJECTS:
        names += [r["class"] for r in Shards(folder, s, "train").records]
    extra = folder / "ade20k-classes.jsonl"
    if extra.exists():
        import json

        names += [w for line in extra.open(encoding="utf-8") for w in json.loads(line)["synonyms"]]
    ccp = folder / "ccp-labels.txt"
    if ccp.exists():
        names += ccp.read_text(encoding="utf-8").split("\n")[1:]
    return [n for n in dict.fromkeys(n.strip() for n in names) if n]


def phrase_grid(folder: Path) -> Iterator[str]:
    """Class names in the frames of referring phrases."""
    names = [*ade150().names, *coco133().names[:80], *VOC_THINGS.values(), *_other_words()]
    for name in dict.fromkeys(names):
        yield from (f"the {name}", f"a {name}", f"all the {plural(name)}", f"the largest {name}", f"the small {name}")
        yield from (f"the {name} {place}" for place in PLACES)
        yield from (f"the {colour} {name}" for colour in dict.fromkeys([c[0] for c in COLOURS] + ["black", "white"]))


def captions(folder: Path) -> list[str]:
    return [c for r in Shards(folder, "flickr8k", "train").records for c in r["captions"]]


def questions(folder: Path) -> list[str]:
    return [t for r in Shards(folder, "daquar", "train").records for t in (r["question"], r["answer"])]


def training_texts(folder: Path) -> Iterator[str]:
    """Everything, for the tokenizer; captions dominate as they do in use."""
    yield from class_names(folder)
    yield from phrase_grid(folder)
    yield from captions(folder)
    yield from questions(folder)


def kept_texts(folder: Path) -> list[str]:
    """Unique names, names in frames and phrases: what a trained text encoder should not forget.

    None begins with "a": that is a sentence about a photo, which retrieval may move.
    """
    names = class_names(folder)
    grid = (t for t in phrase_grid(folder) if not t.startswith("a "))
    return list(dict.fromkeys([*names, *(f"the {n}" for n in names), "background", *grid]))


def distillation_texts(folder: Path) -> list[str]:
    """Unique texts for the sentence encoder: names, names in frames, phrases, captions, questions."""
    names = class_names(folder)
    framed = [*(f"a photo of a {n}." for n in names), *phrase_grid(folder)]
    return list(dict.fromkeys([*kept_texts(folder), *framed, *captions(folder)[::2], *questions(folder)]))
