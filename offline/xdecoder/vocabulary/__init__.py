"""Class lists, prompt templates and answers, as tables (spec sections 5, 9, 10)."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class ClassList:
    """K class names in index order; `names` are the words that go to the text encoder."""

    names: tuple[str, ...]
    is_thing: tuple[bool, ...]
    colors: tuple[tuple[int, int, int], ...]


def _rows(name: str) -> list[dict[str, str]]:
    with (files(__package__) / name).open(encoding="utf-8") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def _list(name: str, column: str) -> ClassList:
    rows = _rows(name)
    rgb = [tuple(int(v) for v in r["color_rgb"].split(",")) for r in rows]
    return ClassList(
        tuple(r[column] for r in rows),
        tuple(r["isthing"] == "1" for r in rows),
        tuple((r[0], r[1], r[2]) for r in rgb),
    )


@cache
def ade150() -> ClassList:
    """ADE20K's 150 classes; index k is label value k + 1 of the label maps."""
    return _list("ade150.tsv", "name_used_as_text")


@cache
def coco133() -> ClassList:
    """COCO panoptic: 80 things, then 53 stuff."""
    return _list("coco133.tsv", "prompt_name")


@cache
def templates() -> tuple[str, ...]:
    """The 81 prompt templates; `{}` stands for the name."""
    return tuple(r["template"] for r in _rows("templates.tsv"))


@cache
def vqa_answers() -> dict[int, str]:
    """Classifier index to answer; 3,128 of 3,129 indices are taken."""
    return {int(r["index"]): r["answer"] for r in _rows("vqa_answers.tsv")}


@cache
def small_answers() -> dict[int, str]:
    """The default model's answers: yes and no, numbers, colours, frequent DAQUAR answers, ADE20K and COCO names."""
    return {int(r["index"]): r["answer"] for r in _rows("small_answers.tsv")}


def answers_of(count: int) -> dict[int, str]:
    """The list that a classifier of `count` outputs answers from."""
    return small_answers() if count == len(small_answers()) else vqa_answers()
