"""Runs the teachers over every photo of a set and keeps what they say; resumes where it stopped.

    python -m xdecoder.data.pseudo_labels --shared ../../shared --out runs/data --sets flickr8k daquar
"""

import argparse
import io
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from tqdm import tqdm

from .. import command
from .shards import Shards
from .teachers import Detector, Segmenter

CHUNK = 64
_workers: dict[str, object] = {}


def _label(folder: Path, teachers: Path, name: str, split: str, members: list[str], target: Path) -> int:
    """Labels one chunk of photos into one npz; the file appears only when whole."""
    if "shards" not in _workers or _workers["key"] != (name, split):
        _workers.update(
            key=(name, split),
            shards=Shards(folder, name, split),
            ade=Segmenter(teachers / "deeplabv3_mnv2_ade32.tflite"),
            voc=Segmenter(teachers / "deeplabv3_mnv2_voc21.tflite"),
            boxes=Detector(teachers / "yolox_nano_coco80.onnx"),
        )
    shards, ade, voc, boxes = (_workers[k] for k in ("shards", "ade", "voc", "boxes"))
    arrays: dict[str, np.ndarray] = {}
    for member in members:
        photo = shards.photo(member)  # type: ignore[attr-defined]
        for key, teacher in (("ade", ade), ("voc", voc), ("boxes", boxes)):
            arrays[f"{member}/{key}"] = teacher(photo)  # type: ignore[operator]
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    part = target.with_suffix(".part")
    part.write_bytes(buffer.getvalue())
    os.replace(part, target)
    return len(members)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../../shared"), help="folder with data/ and teachers/")
    parser.add_argument("--out", type=Path, default=Path("runs/data"))
    parser.add_argument("--sets", nargs="+", default=["flickr8k", "daquar", "caltech101", "imagenet1k-sample"])
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    folder = args.out / "pseudo"
    folder.mkdir(parents=True, exist_ok=True)
    os.nice(5)
    with ProcessPoolExecutor(args.processes) as pool:
        for name in args.sets:
            shards = Shards(args.shared / "data", name, "train")
            members = shards.members()
            jobs = []
            for i in range(0, len(members), CHUNK):
                target = folder / f"{name}-{i // CHUNK:04d}.npz"
                if not target.exists():
                    chunk = members[i : i + CHUNK]
                    data, teachers = args.shared / "data", args.shared / "teachers"
                    jobs.append(pool.submit(_label, data, teachers, name, "train", chunk, target))
            with tqdm(total=len(jobs) * CHUNK, desc=name, unit="photo") as bar:
                for job in jobs:
                    bar.update(job.result())


if __name__ == "__main__":
    command.run(main)
