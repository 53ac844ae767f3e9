"""From a file or folder on the command line to the model under test."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from ..checkpoints import load_checkpoint
from ..checkpoints.load import from_tensors
from ..model.config import FOCAL_L
from ..runtime import TorchRuntime
from ..runtime.text import codec_for
from .check import Arrays
from .subject import Subject
from .weights import state_dict


def torch_subject(checkpoint: Path, tokenizer: Path | None = None) -> Subject:
    model = load_checkpoint(checkpoint).model
    runtime = TorchRuntime(model)
    return Subject(runtime, codec_for(runtime.info, tokenizer), model)


def pack_subject(folder: Path) -> Subject:
    from ..runtime.pack_runtime import PackRuntime

    runtime = PackRuntime(folder)
    return Subject(runtime, runtime.codec)


def variant_of(reference: Arrays) -> str:
    """Whose generated weights a reference was made with."""
    if "questions" in reference:
        return "vqa"
    if any(name.endswith("_box_y0y1x0x1") for name in reference):
        return "seem"
    stem = reference.get("res2_meanstd")
    return "focall" if stem is not None and stem.shape[1] == FOCAL_L.backbone.dims[0] else "focalt"


@contextmanager
def generated_subject(variant: str, backend: str) -> Iterator[Subject]:
    """A model with generated weights that lives as long as the comparison."""
    state = state_dict(variant)
    if backend == "torch":
        runtime = TorchRuntime(from_tensors(state).model)
        yield Subject(runtime, codec_for(runtime.info, None), runtime.model)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{variant}.pt")
        torch.save(state, path)
        del state
        with onnx_subject(path) as subject:
            yield subject


@contextmanager
def onnx_subject(checkpoint: Path) -> Iterator[Subject]:
    """Exports the checkpoint to a pack that lives as long as the comparison."""
    from ..export import export_pack

    with tempfile.TemporaryDirectory() as folder:
        export_pack(checkpoint, Path(folder), precision="fp32")
        subject = pack_subject(Path(folder))
        subject.judge = load_checkpoint(checkpoint).model
        yield subject
