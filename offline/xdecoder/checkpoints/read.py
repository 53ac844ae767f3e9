"""Opens a checkpoint file: a flat dict of tensors, or a sentence about why it is not one."""

import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .errors import CheckpointError

WRAPPERS = ("model", "state_dict")
ZIP = b"PK\x03\x04"


def _refuse_by_first_bytes(path: Path) -> None:
    if not path.exists():
        raise CheckpointError(f"{path}: there is no such file")
    if path.is_dir():
        raise CheckpointError(f"{path} is a folder, not a checkpoint file")
    with path.open("rb") as f:
        head = f.read(64)
    if not head:
        raise CheckpointError(f"{path} is empty")
    if head.startswith(b"version https://git-lfs"):
        raise CheckpointError(f"{path} is a Git LFS pointer; fetch the file itself")
    if head.lstrip()[:1] == b"<":
        raise CheckpointError(f"{path} is a web page, not a checkpoint: its download went wrong")


def read_file(path: Path) -> Any:
    """The object in the file, read with weights_only."""
    _refuse_by_first_bytes(path)
    with path.open("rb") as f:
        zipped = f.read(4) == ZIP
    try:
        with warnings.catch_warnings():
            # Old pickles make torch wonder aloud; what matters is whether they load.
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True, mmap=zipped)
    except pickle.UnpicklingError as error:
        # Bytes that are no pickle at all are also "unsupported", as operands.
        if "unsupported global" in str(error).lower() or "unsupported class" in str(error).lower():
            raise CheckpointError(f"{path} holds more than tensors, and nothing else is read from it") from error
        raise CheckpointError(f"{path} is not a PyTorch checkpoint") from error
    except (RuntimeError, EOFError, ValueError, KeyError, OSError, IndexError, UnicodeDecodeError) as error:
        what = "is truncated or damaged" if zipped else "is not a PyTorch checkpoint, or it is truncated"
        raise CheckpointError(f"{path} {what}") from error


def flat_tensors(content: Any, path: Path) -> dict[str, Tensor]:
    """Unwraps an outer `model` or `state_dict`, strips `module.`, and insists on named tensors."""
    for _ in range(len(WRAPPERS)):
        inner = [content[k] for k in WRAPPERS if isinstance(content, Mapping) and isinstance(content.get(k), Mapping)]
        if not inner:
            break
        content = inner[0]
    if not isinstance(content, Mapping) or not content:
        raise CheckpointError(f"{path} holds a {type(content).__name__}, not a dictionary of tensors")
    tensors = {}
    for key, value in content.items():
        if not isinstance(key, str) or not isinstance(value, Tensor):
            raise CheckpointError(f"{path}: entry '{key}' is a {type(value).__name__}, not a tensor")
        tensors[key.removeprefix("module.")] = value
    return tensors
