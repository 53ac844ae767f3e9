"""From a checkpoint file to a model in eval mode, or a refusal that lists every key at fault."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..model.config import XDecoderConfig
from ..model.xdecoder import XDecoder
from .errors import CheckpointError, listing
from .names import ignored, official_name
from .read import flat_tensors, read_file
from .recognise import recognise


@dataclass
class Loaded:
    """`ignored`: names in the file that inference has no use for."""

    model: XDecoder
    config: XDecoderConfig
    ignored: list[str]


def from_tensors(tensors: Mapping[str, Tensor], source: str = "the checkpoint") -> Loaded:
    """Official names and values -> model. Every key must be there with its shape, and none besides."""
    try:
        config = recognise({k: tuple(v.shape) for k, v in tensors.items()})
    except CheckpointError as error:
        raise CheckpointError(f"{source}: {error}") from error
    with torch.device("meta"):
        model = XDecoder(config)
    wanted = {official_name(name): (name, tuple(p.shape)) for name, p in model.state_dict().items()}
    unused = [k for k in tensors if k not in wanted and ignored(k, seem=config.seem)]
    missing = [f"{k} {list(shape)}" for k, (_, shape) in wanted.items() if k not in tensors]
    unexpected = [f"{k} {list(v.shape)}" for k, v in tensors.items() if k not in wanted and k not in unused]
    present = [(k, name, shape) for k, (name, shape) in wanted.items() if k in tensors]
    misshapen = [
        f"{k} {list(tensors[k].shape)}, expected {list(shape)}" for k, _, shape in present if tensors[k].shape != shape
    ]
    mistyped = [f"{k} {tensors[k].dtype}" for k, _, _ in present if not tensors[k].is_floating_point()]
    state = {name: tensors[k].detach().float() for k, name, _ in present}
    broken = [k for k, name, _ in present if not bool(torch.isfinite(state[name]).all())]
    faults = (
        listing("missing", missing)
        + listing("unexpected", unexpected)
        + listing("misshapen", misshapen)
        + listing("not floating point", mistyped)
        + listing("not finite", broken)
    )
    if faults:
        raise CheckpointError(f"{source} looks like {config.name} but does not fit it:{faults}")
    model.load_state_dict(state, assign=True)
    return Loaded(model.eval().requires_grad_(False), config, unused)


def _is_training_checkpoint(content: Any) -> bool:
    return isinstance(content, Mapping) and isinstance(content.get("config"), str) and "photos" in content


def load_checkpoint(path: Path | str) -> Loaded:
    """A published checkpoint in fp16, bf16 or fp32, or one of this project's own training."""
    path = Path(path)
    content = read_file(path)
    if _is_training_checkpoint(content):
        from ..train.checkpoints import load_model

        try:
            model = load_model(path)
        except (ValueError, RuntimeError, TypeError) as error:
            raise CheckpointError(f"{path}: {error}") from error
        return Loaded(model.requires_grad_(False), model.config, [])
    return from_tensors(flat_tensors(content, path), str(path))
