"""Random access to photos and label maps inside uncompressed tar shards, with JSON Lines annotations beside them."""

import io
import json
import os
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


class Shards:
    """One set and split, e.g. Shards(folder, "ade20k", "train"): `records`, and members by name."""

    def __init__(self, folder: Path, name: str, split: str) -> None:
        self.name = name
        annotations = folder / f"{name}-{split}.jsonl"
        if not annotations.exists():
            raise FileNotFoundError(f"{annotations} is missing: --shared must name the folder of the training data")
        self.records: list[dict[str, Any]] = [json.loads(line) for line in annotations.open(encoding="utf-8")]
        self._where: dict[str, tuple[Path, int, int]] = {}
        for shard in sorted(folder.glob(f"{name}-{split}-*.tar")):
            with tarfile.open(shard, "r:") as tar:
                for member in tar:
                    self._where[member.name] = (shard, member.offset_data, member.size)
        self._files: dict[tuple[int, Path], int] = {}

    def __contains__(self, member: str) -> bool:
        return member in self._where

    def members(self) -> list[str]:
        return list(self._where)

    def read(self, member: str) -> bytes:
        shard, offset, size = self._where[member]
        # A descriptor a process: pread has no shared position, but a fork must not share closed files.
        key = (os.getpid(), shard)
        if key not in self._files:
            self._files[key] = os.open(shard, os.O_RDONLY)
        return os.pread(self._files[key], size, offset)

    def photo(self, member: str) -> Image.Image:
        return Image.open(io.BytesIO(self.read(member))).convert("RGB")

    def label_map(self, member: str) -> np.ndarray:
        """(H, W) uint8 label values."""
        return np.asarray(Image.open(io.BytesIO(self.read(member))))


def ade_records(folder: Path) -> tuple[list[tuple[Shards, dict]], list[tuple[Shards, dict]]]:
    """ADE20K (train, val). Ids run by scene, so every 12th train id is moved to val for a fairer picture."""
    train, val = Shards(folder, "ade20k", "train"), Shards(folder, "ade20k", "val")
    kept = [(train, r) for i, r in enumerate(train.records) if (i + 1) % 12]
    held = [(train, r) for i, r in enumerate(train.records) if not (i + 1) % 12]
    return kept, held + [(val, r) for r in val.records]


def ade_synonyms(folder: Path, names: Sequence[str]) -> list[str]:
    """For each of ADE20K's class names (in their order) another word for it, or itself where the set gives none."""
    lines = (folder / "ade20k-classes.jsonl").read_text(encoding="utf-8").splitlines()
    rows = {r["value"]: [r["name"], *r["synonyms"]] for r in map(json.loads, lines)}
    return [next((w for w in rows[k + 1] if w != name), name) for k, name in enumerate(names)]
