"""The query bank of a pack (docs/decisions/0019), as `python -m xdecoder.train.query_bank` makes it."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..tasks.retrieval import QueryBank
from .onnx_export import ExportError

FILE, DIRECTION_FILE = "query_bank.f32", "query_bank_direction.f32"


def save_query_bank(bank: QueryBank, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows, direction = bank.sentences.numpy(), bank.direction.numpy()
    np.savez(path, sentences=rows, direction=direction, sharpness=bank.sharpness, usual=bank.usual)


def read_query_bank(path: Path) -> QueryBank:
    """ExportError where the file is no such bank, OSError where it is not there."""
    try:
        with np.load(path) as saved:
            rows, direction = (torch.from_numpy(saved[k]).float() for k in ("sentences", "direction"))
            return QueryBank(rows, direction, float(saved["sharpness"]), float(saved["usual"]))
    except (ValueError, KeyError) as error:
        raise ExportError(f"{path} is no query bank: make it with `python -m xdecoder.train.query_bank`") from error


def write_query_bank(bank: QueryBank | None, dim: int, folder: Path) -> dict[str, Any] | None:
    """Writes it; returns the manifest's entry."""
    if bank is None:
        return None
    if bank.sentences.shape[1] != dim:
        raise ExportError(f"the query bank has rows of {bank.sentences.shape[1]} and the model's are {dim} long")
    for name, numbers in ((FILE, bank.sentences), (DIRECTION_FILE, bank.direction)):
        (folder / name).write_bytes(numbers.numpy().astype("<f4").tobytes())
    return {"embeddings": FILE, "direction": DIRECTION_FILE, "sharpness": bank.sharpness, "usual": bank.usual}
