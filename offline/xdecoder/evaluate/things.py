"""People and dogs on photos of other kinds than ADE20K's: are they among the segments, how good is a person's mask."""

import re
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from ..data.names import THINGS, VOCABULARIES
from ..data.shards import Shards
from ..data.teachers import Segmenter
from .segmentation import semantic
from .subject import Subject

# A photo shows one where most of its five captions say so.
SAID = {
    "person": r"\b(man|men|woman|women|person|people|boy|boys|girl|girls|child|children|player|rider|biker|kid|kids)\b",
    "dog": r"\b(dog|dogs|puppy|puppies)\b",
}
MOST = 3
TEACHER_PERSON = 15


@torch.inference_mode()
def people_in_fashion_photos(subject: Subject, shared: Path) -> dict[str, float]:
    """IoU of `person`, in %, with all that people labelled on one: of the model, and of the VOC teacher.

    On photos of a kind that no training saw (Clothing Co-Parsing, val).
    """
    names = VOCABULARIES["pseudo"]
    table, teacher = subject.table(names), _teacher(shared)
    shards, ours, theirs = Shards(shared / "data", "ccp", "val"), np.zeros(2), np.zeros(2)
    for record in tqdm(shards.records, desc="fashion photos"):
        photo, labelled = shards.photo(record["file"]), shards.label_map(record["labels"]) > 0
        seen = semantic(subject, subject.look(photo), table) == names.index("person")
        taught = np.asarray(teacher(photo)) == TEACHER_PERSON
        for counts, mask in ((ours, seen), (theirs, taught)):
            counts += (mask & labelled).sum(), (mask | labelled).sum()
    return {
        "person, IoU with labels of fashion photos, %": 100 * float(ours[0] / ours[1]),
        "the same of the VOC-21 teacher, %": 100 * float(theirs[0] / theirs[1]),
    }


def _teacher(shared: Path) -> Segmenter:
    return Segmenter(shared / "teachers" / "deeplabv3_mnv2_voc21.tflite")


@torch.inference_mode()
def people_and_dogs(subject: Subject, shared: Path, limit: int) -> dict[str, float]:
    """Share of photos, %, whose segments name a thing that the captions name, and of those that no caption names it on;
    IoU of `person` with the VOC teacher. limit: photos."""
    names = VOCABULARIES["pseudo"]
    table, is_thing = subject.table(names), [n in THINGS for n in names]
    teacher = _teacher(shared)
    shards = Shards(shared / "data", "flickr8k", "val")
    there: dict[str, list[bool]] = {thing: [] for thing in SAID}
    absent: dict[str, list[bool]] = {thing: [] for thing in SAID}
    both = either = 0
    for record in tqdm(shards.records[:limit], desc="people and dogs"):
        photo = shards.photo(record["file"])
        opened = subject.look(photo)
        labels = {names[s.label] for s in subject.panoptic(opened, table, is_thing).segments}
        for thing, words in SAID.items():
            said = sum(bool(re.search(words, c.lower())) for c in record["captions"])
            if said >= MOST:
                there[thing].append(thing in labels)
            elif said == 0:
                absent[thing].append(thing in labels)
        ours = semantic(subject, opened, table) == names.index("person")
        theirs = np.asarray(teacher(photo)) == TEACHER_PERSON
        both, either = both + int((ours & theirs).sum()), either + int((ours | theirs).sum())
    rows = {
        f"{len(found)} photos {how} a {thing}, found in %": 100 * float(np.mean(found))
        for how, things in (("with", there), ("without", absent)) for thing, found in things.items() if found
    }  # fmt: skip
    return rows | {"person, IoU with the VOC-21 teacher, %": 100 * both / max(either, 1)}
