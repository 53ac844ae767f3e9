"""Generated questions: what they ask, and that the question alone does not tell the answer."""

from collections import Counter

import numpy as np
import pytest

from xdecoder.data.names import VOCABULARIES, plural, words_for
from xdecoder.data.questions import Asker, Facts
from xdecoder.data.regions import Regions


def pictures(count: int, rng: np.random.Generator) -> list[Regions]:
    """A person on nine pictures of ten, a dog on one of ten, a wall on half of them."""
    made = []
    for _ in range(count):
        names = [n for n, often in (("person", 0.9), ("dog", 0.1), ("wall", 0.5)) if rng.random() < often]
        masks = np.zeros((len(names), 8, 8), bool)
        for i, mask in enumerate(masks):
            mask[2 * i : 2 * i + 2] = True
        made.append(Regions(masks, names, "pseudo", np.zeros((8, 8), bool), VOCABULARIES["pseudo"]))
    return made


def test_a_name_is_asked_for_in_vain_as_often_as_it_is_there() -> None:
    rng = np.random.default_rng(3)
    asker, photo = Asker(rng), np.full((8, 8, 3), 128, np.uint8)
    meant = {f" {'an' if w[0] in 'aeiou' else 'a'} {w}": n for n in ("person", "dog", "wall") for w in words_for(n)}
    said: dict[str, Counter[str]] = {n: Counter() for n in meant.values()}
    for regions in pictures(6000, rng):
        question = asker.ask(Facts.of(regions, photo))
        if question is None or question.answer not in ("yes", "no"):
            continue
        body = question.text.removesuffix("?").removesuffix(" in the picture").removesuffix(" in this image")
        name = next(n for w, n in meant.items() if body.endswith(w))
        assert question.answer == ("yes" if name in regions.names else "no")
        said[name][question.answer] += 1
    for name, counts in said.items():
        assert counts["no"] > 50, (name, counts)
        assert abs(counts["yes"] - counts["no"]) < 0.25 * counts.total(), (name, counts)


def test_one_in_three_asks_how_many_of_what_is_not_there() -> None:
    rng = np.random.default_rng(4)
    asker, photo = Asker(rng), np.full((8, 8, 3), 128, np.uint8)
    said: dict[str, Counter[str]] = {n: Counter() for n in ("person", "dog")}
    for regions in pictures(6000, rng):
        question = asker.ask(Facts.of(regions, photo))
        if question is None or not question.text.startswith("how many"):
            continue
        name = {plural(n): n for n in said}.get(question.text.removeprefix("how many ").split(" are")[0], "")
        assert question.answer == str(regions.names.count(name))
        said[name][question.answer] += 1
    assert said["person"].total() > 300
    for name, counts in said.items():
        assert 0.2 < counts["0"] / counts.total() < 0.45, (name, counts)


@pytest.mark.parametrize(
    ("one", "many"),
    [("person", "people"), ("bus", "buses"), ("bench", "benches"), ("puppy", "puppies"), ("boy", "boys")],
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many
