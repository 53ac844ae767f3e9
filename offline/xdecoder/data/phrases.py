"""Referring phrases generated from regions: name, colour, place, size, relation; several wordings each."""

import re
from dataclasses import dataclass

import numpy as np

from .names import THINGS, plural, words_to_point
from .regions import Regions

ABSENT_SHARE = 0.2
COLOURS: tuple[tuple[str, float, float], ...] = (
    ("red", 0, 15), ("orange", 15, 42), ("yellow", 42, 68), ("green", 68, 165),
    ("blue", 165, 260), ("purple", 260, 310), ("pink", 310, 345), ("red", 345, 361),
)  # fmt: skip
_SWAP = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Phrase:
    """`regions`: indices of the regions it denotes together; empty where nothing in the picture answers it."""

    text: str
    regions: tuple[int, ...]


def mirror(text: str) -> str:
    """The phrase for the horizontally flipped picture."""

    def swapped(found: re.Match[str]) -> str:
        word = _SWAP[found[1].lower()]
        return (word.capitalize() if found[1][0].isupper() else word) + found[2]

    return re.sub(r"\b(left|right)(most|)\b", swapped, text, flags=re.IGNORECASE)


def colour_of(pixels: np.ndarray) -> str | None:
    """Name of the colour of (M, 3) uint8 pixels, or None where it is not clear."""
    r, g, b = np.median(pixels.reshape(-1, 3), 0) / 255
    top, low = max(r, g, b), min(r, g, b)
    spread = top - low
    if top < 0.22:
        return "black"
    if spread < 0.1:
        return "white" if top > 0.8 else "gray" if 0.3 < top < 0.7 else None
    if spread / top < 0.3:
        return None
    hue = 60 * (((g - b) / spread) % 6 if top == r else (b - r) / spread + 2 if top == g else (r - g) / spread + 4)
    if 10 <= hue < 45 and top < 0.6:
        return "brown"
    return next(name for name, low_hue, high_hue in COLOURS if low_hue <= hue < high_hue)


def _place(index: int, same: list[int], centres: np.ndarray) -> list[str]:
    """Where region `index` lies among its like, or in the picture if alone; centres (N, 2) are y, x in 0..1."""
    y, x = centres[index]
    others = [i for i in same if i != index]
    words = []
    gap = 0.08 if others else 0.0
    if all(x < centres[i][1] - gap for i in others) and x < (0.6 if others else 0.4):
        words += ["on the left", "on the left side", "to the left"]
    if all(x > centres[i][1] + gap for i in others) and x > (0.4 if others else 0.6):
        words += ["on the right", "on the right side", "to the right"]
    if all(y < centres[i][0] - gap for i in others) and y < (0.6 if others else 0.35):
        words += ["at the top"]
    if all(y > centres[i][0] + gap for i in others) and y > (0.4 if others else 0.65):
        words += ["at the bottom", "in front"]
    if not others and 0.4 < x < 0.6:
        words += ["in the middle", "in the center"]
    return words


def describe(regions: Regions, photo: np.ndarray, rng: np.random.Generator) -> Phrase:
    """One phrase about a picture. photo (H, W, 3) uint8, regions of the same size; at least one region."""
    names = regions.names
    if rng.random() < ABSENT_SHARE:
        # Only a class that the label set knows can be said to be absent.
        absent = [n for n in regions.known if n not in names and n not in regions.unsure]
        if absent and regions.unknown.mean() < 0.3:
            return Phrase(_article(str(rng.choice(absent)), rng), ())
    areas = regions.masks.sum((1, 2))
    weights = np.sqrt(areas) / np.sqrt(areas).sum()
    index = int(rng.choice(len(names), p=weights))
    name = names[index]
    same = [i for i, n in enumerate(names) if n == name]
    word = str(rng.choice(words_to_point(name))) if rng.random() < 0.35 else name
    h, w = regions.masks.shape[1:]
    ys, xs = np.arange(h) / h, np.arange(w) / w
    centres = np.array([[(m.sum(1) * ys).sum() / m.sum(), (m.sum(0) * xs).sum() / m.sum()] for m in regions.masks])

    forms: list[Phrase] = []
    everything = tuple(same)
    forms.append(Phrase(_article(word, rng), everything))
    if len(same) > 1 and name in THINGS:
        forms.append(Phrase(f"{'all the' if rng.random() < 0.5 else 'the'} {plural(word)}", everything))
    for place in _place(index, same, centres):
        forms += [Phrase(f"the {word} {place}", (index,)), Phrase(f"{word} {place}", (index,))]
        if place.startswith(("on the left", "on the right")):
            forms.append(Phrase(f"the {'left' if 'left' in place else 'right'} {word}", (index,)))
    if len(same) > 1:
        order = sorted(same, key=lambda i: -areas[i])
        if areas[order[0]] > 1.5 * areas[order[1]]:
            forms += [Phrase(f"the {s} {word}", (order[0],)) for s in ("largest", "biggest", "large")]
        if areas[order[-1]] * 1.5 < areas[order[-2]]:
            forms += [Phrase(f"the {s} {word}", (order[-1],)) for s in ("smallest", "small")]
    colour = colour_of(photo[regions.masks[index]])
    if colour is not None:
        alike = tuple(i for i in same if i == index or colour_of(photo[regions.masks[i]]) == colour)
        forms += [Phrase(f"the {colour} {word}", alike), Phrase(f"{colour} {word}", alike)]
    forms += _relations(index, word, regions, centres)
    return forms[int(rng.integers(len(forms)))]


def _article(word: str, rng: np.random.Generator) -> str:
    """Bare, with "the" or with "a"."""
    a = "an" if word[0] in "aeiou" else "a"
    return str(rng.choice([word, f"the {word}", f"{a} {word}"], p=[0.3, 0.5, 0.2]))


def _relations(index: int, word: str, regions: Regions, centres: np.ndarray) -> list[Phrase]:
    """`the X left of the Y` for a named-once Y, where X is the only one of its name on that side."""
    names, out = regions.names, []
    same = [i for i, n in enumerate(names) if n == names[index]]
    for other, name in enumerate(names):
        if names.count(name) != 1 or name == names[index]:
            continue
        dy, dx = centres[index] - centres[other]
        checks = (
            (dx < -0.12 and abs(dy) < 0.25, "to the left of", lambda i, o=other: centres[i][1] < centres[o][1]),
            (dx > 0.12 and abs(dy) < 0.25, "to the right of", lambda i, o=other: centres[i][1] > centres[o][1]),
            (dy < -0.15 and abs(dx) < 0.25, "above", lambda i, o=other: centres[i][0] < centres[o][0]),
            (dy > 0.15 and abs(dx) < 0.25, "below", lambda i, o=other: centres[i][0] > centres[o][0]),
        )
        for holds, relation, test in checks:
            if holds and sum(test(i) for i in same) == 1:
                out.append(Phrase(f"the {word} {relation} the {name}", (index,)))
    return out[:2]
