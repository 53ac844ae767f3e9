"""Questions generated from regions: is there, how many, what colour, what is left or right of; each with its answer."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from .names import THINGS, plural, words_for
from .phrases import colour_of
from .regions import Regions

MOST = 8
# Of one name, so many more questions may be answered with yes than with no.
LEAD = 2
# "How many" takes for granted that there is something: one question in three is in vain.
IN_VAIN = 2
NONE = "0"
# Where so much of a photo is not labelled, nothing is known to be absent.
UNKNOWN = 0.3


@dataclass(frozen=True)
class Question:
    text: str
    answer: str
    balance: str = ""  # what it is counted under: of each, some are asked in vain
    moves: int = 0  # the balance, up where it was there


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


@dataclass(frozen=True)
class Facts:
    """What of a picture is the same in each question: its regions, the colours of single ones, things side by side."""

    regions: Regions
    colours: list[tuple[str, str]]
    beside: list[Question]

    @staticmethod
    def of(regions: Regions, photo: np.ndarray) -> "Facts":
        """photo (H, W, 3) uint8, regions of the same size."""
        alone = [i for i, name in enumerate(regions.names) if regions.names.count(name) == 1]
        seen = [(regions.names[i], colour_of(photo[regions.masks[i]])) for i in alone]
        return Facts(regions, [(name, colour) for name, colour in seen if colour is not None], _beside(regions))


def colour_questions(colours: list[tuple[str, str]], rng: np.random.Generator) -> list[Question]:
    wordings = ("what color is the {}?", "what colour is the {}?", "what is the color of the {}?")
    return [Question(str(rng.choice(wordings)).format(name), colour) for name, colour in colours]


def _beside(regions: Regions) -> list[Question]:
    """What is left or right of a thing, where exactly one named thing is close on that side."""
    h, w = regions.masks.shape[1:]
    xs, ys = np.arange(w) / w, np.arange(h) / h
    at = [((m.sum(0) * xs).sum() / m.sum(), (m.sum(1) * ys).sum() / m.sum()) for m in regions.masks]
    things = [i for i, n in enumerate(regions.names) if n in THINGS]
    out = []
    for i in things:
        if regions.names.count(regions.names[i]) != 1:
            continue
        for side, sign in (("left", -1), ("right", 1)):
            near = {
                regions.names[j] for j in things if j != i and 0.1 < sign * (at[j][0] - at[i][0]) < 0.45
                and abs(at[j][1] - at[i][1]) < 0.2
            }  # fmt: skip
            if len(near) == 1:
                out.append(Question(f"what is on the {side} side of the {regions.names[i]}?", near.pop()))
    return out


class Asker:
    """Asks about one picture after another; every name is asked for in vain as often as it is there.

    Drawn evenly, absent names are the rare ones, and "is there a person?" is learnt to mean yes.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        # Kind and name -> how much oftener it was there than not, of the questions so far.
        self.owed: Counter[str] = Counter()

    def ask(self, facts: Facts) -> Question | None:
        """One question, kinds with equal chance."""
        rng, regions = self.rng, facts.regions
        kinds = [self._presence(regions), self._how_many(regions), colour_questions(facts.colours, rng), facts.beside]
        kinds = [k for k in kinds if k]
        if not kinds:
            return None
        chosen = kinds[int(rng.integers(len(kinds)))]
        question = chosen[int(rng.integers(len(chosen)))]
        if question.balance:
            self.owed[question.balance] += question.moves
        return question

    def _how_many(self, regions: Regions) -> list[Question]:
        """Of each thing how many there are, and of one that is not there."""
        rng, there = self.rng, set(regions.names)
        say = str(rng.choice(("how many {} are there?", "how many {} are in the picture?")))
        key = "how many {}".format
        out = [
            Question(say.format(plural(n)), str(regions.names.count(n)), key(n), 1)
            for n in sorted(there)
            if n in THINGS and regions.names.count(n) <= MOST and self.owed[key(n)] < IN_VAIN + LEAD
        ]  # fmt: skip
        absent = [n for n in regions.known if n not in there | regions.unsure and self.owed[key(n)] >= IN_VAIN]
        if absent and regions.unknown.mean() < UNKNOWN:
            name = str(rng.choice(absent))
            out.append(Question(say.format(plural(name)), NONE, key(name), -IN_VAIN))
        return out

    def _presence(self, regions: Regions) -> list[Question]:
        """One with yes and one with no, where the label set can tell and the names' balances allow it."""
        rng, there = self.rng, set(regions.names)
        if regions.unknown.mean() >= UNKNOWN:
            return []
        present = [n for n in sorted(there) if self.owed[n] < LEAD]
        absent = [n for n in regions.known if n not in there | regions.unsure and self.owed[n] > 0]
        wordings = ("is there {} in the picture?", "is there {}?", "do you see {}?", "can you see {} in this image?")
        out = []
        for names, answer, moves in ((present, "yes", 1), (absent, "no", -1)):
            if names:
                name = str(rng.choice(names))
                word = str(rng.choice(words_for(name))) if rng.random() < 0.3 else name
                out.append(Question(str(rng.choice(wordings)).format(_article(word)), answer, name, moves))
        return out
