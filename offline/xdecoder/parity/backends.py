"""From a file or folder on the command line to the model under test."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from ..checkpoints import load_checkpoint
from ..checkpoints.load import from_tensors
from ..model.config import FOCAL_L
from ..model.xdecoder import XDecoder
from ..runtime import TorchRuntime
from ..runtime.text import codec_for
from .check import Arrays
from .subject import Judge, Subject
from .weights import state_dict


def torch_subject(checkpoint: Path, tokenizer: Path | None = None) -> Subject:
    model = load_checkpoint(checkpoint).model
    runtime = TorchRuntime(model)
    return Subject(runtime, codec_for(runtime.info, tokenizer), model)


def pack_subject(folder: Path, judge: XDecoder | None = None) -> Subject:
    """judge: the model that the pack was made from."""
    from ..runtime.decisions import WatchedPack
    from ..runtime.pack_runtime import PackRuntime

    if judge is None:
        plain = PackRuntime(folder)
        return Subject(plain, plain.codec)
    watched = WatchedPack(folder)
    return Subject(watched, watched.codec, judge=Judge(judge, watched.decided))


def variant_of(reference: Arrays) -> str:
    """Whose generated weights a reference was made with."""
    if "questions" in reference:
        return "vqa"
    if any(name.endswith("_box_y0y1x0x1") for name in reference):
        return "seem"
    stem = reference.get("res2_meanstd")
    return "focall" if stem is not None and stem.shape[1] == FOCAL_L.backbone.dims[0] else "focalt"


@contextmanager
def generated_subject(variant: str, backend: str, pack: Path | None = None) -> Iterator[Subject]:
    """A model with generated weights that lives as long as the comparison; `pack`: an export of it that is there."""
    state = state_dict(variant)
    if pack is not None:
        yield pack_subject(pack, from_tensors(state).model)
        return
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
        yield pack_subject(Path(folder), load_checkpoint(checkpoint).model)
