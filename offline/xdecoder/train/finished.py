"""A finished training, to the commands that add to it: their options, the model at work, and what they save."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from ..evaluate.subject import Subject
from ..model.xdecoder import XDecoder
from ..runtime.torch_runtime import TorchRuntime
from .checkpoints import Checkpoint
from .text import Ids


@dataclass
class Finished:
    """subject: the model as the pack that is made of it will work; folder: of the data sets."""

    checkpoint: Checkpoint
    subject: Subject
    ids: Ids
    folder: Path

    @staticmethod
    def parser(description: str | None) -> argparse.ArgumentParser:
        """What `of` reads, and --out."""
        parser = argparse.ArgumentParser(
            description=description, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        parser.add_argument("--shared", type=Path, default=Path("../../shared"))
        parser.add_argument("--checkpoint", type=Path, required=True)
        parser.add_argument("--data", type=Path, default=Path("runs/data"), help="folder of the tokenizer")
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--threads", type=int, default=2)
        return parser

    @staticmethod
    def of(args: argparse.Namespace) -> "Finished":
        """CheckpointError or OSError where the files are not such."""
        torch.set_num_threads(args.threads)
        tokenizer = args.data / "tokenizer.json"
        subject = Subject.of_checkpoint(args.checkpoint, tokenizer)
        checkpoint = Checkpoint.load(args.checkpoint)
        return Finished(checkpoint, subject, Ids.read(tokenizer, _model(subject).config.text), args.shared / "data")

    @property
    def model(self) -> XDecoder:
        return _model(self.subject)

    def save(self, weights: dict[str, Tensor], path: Path) -> None:
        """The checkpoint with these weights in place of its own, without raw weights and optimiser."""
        replace(self.checkpoint, model=self.checkpoint.model | weights, raw={}, optimizer={}).save(path)


def _model(subject: Subject) -> XDecoder:
    assert isinstance(subject.runtime, TorchRuntime)
    return subject.runtime.model
