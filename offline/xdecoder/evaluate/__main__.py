"""Measures a model on photos kept apart: ADE20K (val and every 12th train id), Flickr8k, DAQUAR and CCP val.

A pack answers with its own sizes, thresholds and answers, a checkpoint with those of the pack that would be made of it;
tasks that it has not are left out.

    python -m xdecoder.evaluate --checkpoint runs/default.pt --shared ../../shared
    python -m xdecoder.evaluate --pack ../public/models/default --shared ../../shared
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from .. import command
from ..data.names import ADE_COUNT_OF_TEACHER, VOCABULARIES
from ..data.phrases import describe
from ..data.regions import from_label_map
from ..data.shards import ade_records, ade_synonyms
from .clicks import after_clicks, in_a_box
from .instances import Found
from .referring import find
from .segmentation import Confusion, semantic
from .subject import Subject
from .things import people_and_dogs, people_in_fashion_photos
from .words import answers, captions, retrieval


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    Subject.add_options(parser)
    parser.add_argument("--shared", type=Path, default=Path("../../shared"))
    parser.add_argument("--every", type=int, default=1, help="measure every n-th photo only")
    parser.add_argument("--only", choices=("masks", "words"), help="a half of the figures; both by default")
    parser.add_argument("--by-heart", action="store_true", help="masks: ADE20K's photos of the training instead")
    parser.add_argument("--other-names", action="store_true", help="ADE20K's classes by words that no label uses")
    parser.add_argument("--limit", type=int, default=500, help="captioned photos, for captions, people and dogs")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    subject = Subject.of_options(args)
    if args.only != "words" and subject.offers("semantic", "panoptic", "instance"):
        show(masks(subject, args.shared / "data", args.every, args.other_names, args.by_heart))
        show(people_and_dogs(subject, args.shared, args.limit))
        show(people_in_fashion_photos(subject, args.shared))
    if args.only != "masks":
        words(subject, args.shared / "data", args.limit, args.every)


def show(found: dict[str, float]) -> None:
    for name, value in found.items():
        print(f"{name:38} {value:.3f}" if abs(value) < 3 else f"{name:38} {value:.1f}", flush=True)


def words(subject: Subject, folder: Path, limit: int, every: int) -> None:
    """Prints the figures of captions, retrieval and answers, and some captions to read."""
    shown: list[tuple[str, str]] = []
    if subject.offers("caption"):
        found, shown = captions(subject, folder, limit)
        show(found)
    if subject.offers("retrieval"):
        show(retrieval(subject, folder))
    if subject.offers("vqa"):
        show(answers(subject, folder, every))
    for file, text in shown[:12]:
        print(f"  {file}: {text}")


def masks(
    subject: Subject, folder: Path, every: int, other_names: bool = False, by_heart: bool = False
) -> dict[str, float]:
    """The figures of tasks with masks. other_names: classes go by synonyms, where they have one; by_heart: on photos of
    the training, which says how much of it was learnt by heart."""
    refers, picks = subject.offers("referring"), subject.offers("pick")
    names = VOCABULARIES["ade150"]
    table = subject.table(ade_synonyms(folder, names) if other_names else names)
    records = ade_records(folder)[0 if by_heart else 1][::every]
    confusion, found, rng = Confusion(len(names)), Found(subject, names, table), np.random.default_rng(5)
    ious, absent, present, clicked, boxed = [], [], [], [], []
    both = either = 0
    for shards, record in tqdm(records, desc="ADE20K"):
        photo, labels = shards.photo(record["file"]), shards.label_map(record["labels"])
        opened = subject.look(photo)
        confusion.add(labels, semantic(subject, opened, table))
        regions = from_label_map(labels)
        if not regions.names:
            continue
        found.add(opened, regions)
        # Both are drawn whatever the model does, so that all are measured on the same.
        region = regions.masks[int(rng.integers(len(regions.masks)))]
        phrase = describe(regions, np.asarray(photo), rng)
        if picks:
            clicked.append(after_clicks(subject, opened, region, ~regions.unknown))
            boxed.append(in_a_box(subject, opened, region, ~regions.unknown))
        if not refers:
            continue
        mask, score = find(subject, opened, phrase.text)
        if not phrase.regions:
            absent.append(score)
            continue
        truth = regions.masks[list(phrase.regions)].any(0)
        known = ~regions.unknown
        shared, union = (mask & truth & known).sum(), ((mask | truth) & known).sum()
        ious.append(shared / max(union, 1))
        both, either = both + shared, either + union
        present.append(score)
    iou = confusion.iou()
    rows = {
        "photos": len(records),
        "mIoU, 150 classes (those that occur), %": 100 * float(np.nanmean(iou)),
        f"mIoU, first {ADE_COUNT_OF_TEACHER} classes, %": 100 * float(np.nanmean(iou[:ADE_COUNT_OF_TEACHER])),
        "pixel accuracy, %": 100 * confusion.pixel_accuracy(),
        **found.figures(),
    }
    if refers:
        rows |= {
            f"{len(ious)} generated phrases, mean IoU, %": 100 * float(np.mean(ious)),
            f"{len(ious)} generated phrases, cIoU, %": 100 * float(both / max(either, 1)),
            "median score, phrase present": float(np.median(present)),
            "median score, phrase absent": float(np.median(absent)),
        }
    if picks:
        rows |= {
            f"{len(clicked)} regions, IoU after 1 click, %": 100 * float(np.mean([c[0] for c in clicked])),
            f"{len(clicked)} regions, IoU after 3 clicks, %": 100 * float(np.mean([c[-1] for c in clicked])),
            f"{len(boxed)} regions, IoU in a box, %": 100 * float(np.mean([b[0] for b in boxed])),
            f"{len(boxed)} regions, IoU of the whole box, %": 100 * float(np.mean([b[1] for b in boxed])),
        }
    return rows


if __name__ == "__main__":
    command.run(main)
