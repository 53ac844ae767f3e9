"""What needs no model: the commonest answer, one sentence for every photo, one class for every pixel; and the teachers.

    python -m xdecoder.evaluate.baselines --shared ../../shared
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from tqdm import tqdm

from .. import command
from ..data.names import ADE_COUNT_OF_TEACHER, VOCABULARIES
from ..data.shards import Shards, ade_records
from ..data.teachers import Segmenter
from ..data.words import plain, tidy
from .segmentation import Confusion
from .words import generated_questions

SENTENCE = "a man in a red shirt"


def captions(folder: Path) -> dict[str, float]:
    """One sentence for every photo, and one person's caption against the other four."""
    records = Shards(folder, "flickr8k", "val").records
    said = {i: [SENTENCE] for i in range(len(records))}
    five = {i: [plain(tidy(c)) for c in r["captions"]] for i, r in enumerate(records)}
    first = {i: c[:1] for i, c in five.items()}
    four = {i: c[1:] for i, c in five.items()}
    rows = {}
    for name, ours, truth in ((f'"{SENTENCE}"', said, five), ("one person against four", first, four)):
        rows[f"captions, {name}, CIDEr-D"] = float(Cider().compute_score(truth, ours)[0])
        rows[f"captions, {name}, BLEU-4"] = float(Bleu(4).compute_score(truth, ours, verbose=0)[0][3])
    return rows


def answers(folder: Path) -> dict[str, float]:
    """The commonest answer of the training questions, and of each kind of generated question."""
    common = Counter(r["answer"] for r in Shards(folder, "daquar", "train").records).most_common(1)[0][0]
    held = Shards(folder, "daquar", "val").records
    rows = {f'DAQUAR, always "{common}", %': 100 * float(np.mean([r["answer"] == common for r in held]))}
    kinds: dict[str, list[str]] = {}
    for kind, _, _, answer in generated_questions(folder, 1):
        kinds.setdefault(kind, []).append(answer)
    for kind, given in kinds.items():
        answer, count = Counter(given).most_common(1)[0]
        rows[f'generated {kind} questions, always "{answer}", %'] = 100 * count / len(given)
    return rows


def pixels(folder: Path, teachers: Path, every: int) -> dict[str, float]:
    """Always "wall", and the ADE-32 teacher over the classes that it knows."""
    _, held = ade_records(folder)
    teacher = Segmenter(teachers / "deeplabv3_mnv2_ade32.tflite")
    wall, taught = (Confusion(len(VOCABULARIES["ade150"])) for _ in range(2))
    for shards, record in tqdm(held[::every], desc="ADE20K"):
        labels = shards.label_map(record["labels"])
        wall.add(labels, np.zeros(labels.shape, np.int64))
        said = np.asarray(teacher(shards.photo(record["file"]))).astype(np.int64)
        known = (labels >= 1) & (labels <= ADE_COUNT_OF_TEACHER)
        # Its class 0 is none of the first 31: counted as one of the others, so as wrong.
        taught.add(np.where(known, labels, 0), np.where(said > 0, said - 1, ADE_COUNT_OF_TEACHER))
    first = f"first {ADE_COUNT_OF_TEACHER} classes"
    return {
        'ADE20K, always "wall", pixel accuracy, %': 100 * wall.pixel_accuracy(),
        f"ADE20K, ADE-32 teacher, mIoU of the {first}, %": 100
        * float(np.nanmean(taught.iou()[:ADE_COUNT_OF_TEACHER])),
        f"ADE20K, ADE-32 teacher, pixel accuracy on the {first}, %": 100 * taught.pixel_accuracy(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../../shared"))
    parser.add_argument("--every", type=int, default=1, help="measure the teacher on every n-th photo only")
    args = parser.parse_args()
    data = args.shared / "data"
    rows = captions(data) | answers(data) | pixels(data, args.shared / "teachers", args.every)
    for name, value in rows.items():
        print(f"{name:60} {value:.2f}")


if __name__ == "__main__":
    command.run(main)
