"""Holds one reference file against a model and gives a check for every array in it."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from ..preprocess import Picture
from ..runtime import Features
from .captions import caption_units
from .check import Arrays, Check, Computed, compare_all, skipped, uncomputed
from .grounding import alone_arrays, joint_arrays
from .inputs import PHRASES, picture_size
from .others import (
    BOX,
    needs,
    postprocess_arrays,
    seem_stroke_arrays,
    seem_text_arrays,
    stroke_names,
    text_arrays,
    vqa_arrays,
)
from .picture import base_arrays, inner_arrays
from .subject import Subject
from .ties import settle, settle_beside

# What the reference gives as input.
INPUTS = ("sentences", "classes", "questions", BOX)

# What no graph of a pack gives out.
INNER = ("res2_", "res3_", "res4_", "res5_", "multi_scale_", "transformer_", "seg_attn_", "seg_query_")
HIDDEN = ("cap_hidden", "refcap_hidden")

# Arrays that are of no use without another.
TOGETHER = (("sentences", "classes"),)

# A note and a computation; those about a picture run one kind of decoder pass each, so that ties can be settled.
Unit = tuple[str, Callable[[], Computed]]


def read_reference(path: Path) -> Arrays:
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except FileNotFoundError as error:
        raise ValueError(f"{path}: there is no such file") from error
    except (OSError, ValueError, zipfile.BadZipFile, zlib.error, AttributeError, TypeError, EOFError) as error:
        raise ValueError(f"{path} is not a readable .npz file") from error
    lacking = [b for a, b in TOGETHER if a in arrays and b not in arrays]
    if lacking or not arrays:
        raise ValueError(f"{path} is no reference: it lacks {', '.join(lacking) or 'every array'}")
    return arrays


def needs_model(reference: Arrays) -> bool:
    return "semseg" not in reference


def _any(reference: Arrays, *starts: str) -> bool:
    return any(name.startswith(starts) for name in reference)


def _picture_units(subject: Subject, picture: Picture, features: Features, reference: Arrays) -> Iterator[Unit]:
    if subject.model is not None and _any(reference, *INNER):
        yield "", partial(inner_arrays, subject.model, picture, reference)
    if _any(reference, "seg_", "retrieval_", "input_normalized", "mask_features"):
        yield "", partial(base_arrays, subject, picture, features, reference)
    if stroke_names(reference) or _any(reference, "text_"):
        needs(subject.runtime, "prompt", "visual prompts (SEEM)")
        for name in stroke_names(reference):
            yield "", partial(seem_stroke_arrays, subject, reference, features, name)
        if _any(reference, "text_"):
            yield "", partial(seem_text_arrays, subject, features)
    if _any(reference, "grd_"):
        needs(subject.runtime, "ground", "grounding")
        for number in range(len(PHRASES)):
            if number == 0 or f"grd_p{number}_matched" in reference:
                yield "", partial(alone_arrays, subject, features, number)
        if _any(reference, "grd_joint"):
            yield "", partial(joint_arrays, subject, picture, features)
    if _any(reference, "cap_", "refcap_"):
        needs(subject.runtime, "caption", "captions")
        yield from caption_units(subject, picture, features)


def _checks(subject: Subject | None, path: Path, reference: Arrays) -> Iterator[Check]:
    if not needs_model(reference):
        yield from compare_all(postprocess_arrays(), reference)
        return
    if subject is None:
        raise ValueError(f"{path} needs a model: give --checkpoint or --pack")
    if "sentences" in reference:
        yield from compare_all(text_arrays(subject, reference), reference)
        return
    if "questions" in reference:
        needs(subject.runtime, "vqa", "questions (VQA)")
        yield from compare_all(vqa_arrays(subject, reference), reference)
        return
    picture = subject.picture(*picture_size(path, reference))
    features = subject.runtime.image(picture.pixels)
    for number, (note, unit) in enumerate(_picture_units(subject, picture, features, reference)):
        if subject.model is not None:
            yield from settle(subject.model, unit, reference, note)
            continue
        if subject.judge is not None:
            subject.judge.decided.clear()
        found = unit()
        checks = compare_all(found, reference, note)
        if subject.judge is not None and not all(c.passed for c in checks):
            decided, twin = list(subject.judge.decided), subject.twin()
            units = _picture_units(twin, picture, twin.runtime.image(picture.pixels), reference)
            same = next(islice(units, number, None))[1]
            checks = settle_beside(subject.judge.model, same, found, decided, reference, checks)
        yield from checks


def check_reference(subject: Subject | None, path: Path) -> Iterator[Check]:
    """Every array of the file: compared, or skipped with a reason. An array that nothing computes is a miss."""
    reference = read_reference(path)
    seen = set()
    for check in _checks(subject, path, reference):
        seen.add(check.name)
        yield check
    for name in reference:
        if name in seen:
            continue
        if name.endswith(INPUTS):
            yield skipped(name, "an input")
        elif subject is not None and subject.model is None and name.startswith(INNER + HIDDEN):
            yield skipped(name, "inside a graph, not at its border")
        else:
            yield uncomputed(name)
