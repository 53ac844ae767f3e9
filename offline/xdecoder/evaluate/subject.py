"""What is measured: a checkpoint in PyTorch or a pack in onnxruntime, through the same interface.

A pack answers as its manifest says: sizes, thresholds, answers, and which tasks there are. A checkpoint answers as the
pack would that the exporter makes of it.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from ..export.graphs import roles_of
from ..export.source import from_checkpoint
from ..export.task_table import task_entries
from ..postprocess import Panoptic, claims, panoptic, weighed
from ..postprocess.panoptic import OBJECT_MASK, OVERLAP
from ..preprocess import InputSize, Resample, open_picture
from ..runtime import Prediction, Runtime, TextCodec
from ..runtime.pack_runtime import PackRuntime
from ..runtime.torch_runtime import TorchRuntime
from ..tasks.beam import Search, beam
from ..tasks.caption import caption_text
from ..tasks.lookup import Asking
from ..tasks.opened import Opened
from ..tasks.vocabulary import BACKGROUND, class_logits, vocabulary_embeddings
from ..train.text import Ids
from ..vocabulary import answers_of


@dataclass
class Subject:
    """A model at work. tasks, sizes, resample: as a manifest has them; answers: of the VQA classifier, by index."""

    runtime: Runtime
    codec: TextCodec
    tasks: dict[str, Any]
    sizes: dict[str, Any]
    resample: Resample
    answers: dict[int, str]

    @staticmethod
    def of_checkpoint(checkpoint: Path, tokenizer: Path | None = None) -> "Subject":
        """CheckpointError or OSError where the files are not such."""
        source = from_checkpoint(checkpoint, tokenizer)
        config, profile = source.model.config, source.profile
        return Subject(
            TorchRuntime(source.model),
            Ids(source.tokenizer, config.text).codec,
            task_entries(config, profile, roles_of(config)),
            profile.sizes,
            profile.resample,
            answers_of(config.answers),
        )

    @staticmethod
    def of_pack(folder: Path, variant: str | None = None) -> "Subject":
        """PackError where the folder is not a whole pack."""
        runtime = PackRuntime(folder, variant=variant)
        manifest = runtime.pack.manifest
        resample = manifest["preprocess"]["resample"]
        return Subject(runtime, runtime.codec, manifest["tasks"], manifest["sizes"], resample, runtime.answers)

    @staticmethod
    def add_options(parser: argparse.ArgumentParser) -> None:
        """What `of_options` reads."""
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--checkpoint", type=Path, metavar="FILE", help="measured in PyTorch")
        source.add_argument("--pack", type=Path, metavar="DIR", help="measured in onnxruntime")
        parser.add_argument("--variant", help="of the pack; by default the one that a CPU would run")
        parser.add_argument("--tokenizer", type=Path, help="of the checkpoint, if not the model's usual one")

    @staticmethod
    def of_options(args: argparse.Namespace) -> "Subject":
        """CheckpointError, PackError or OSError where there is no such checkpoint or pack."""
        if args.pack:
            return Subject.of_pack(args.pack, args.variant)
        return Subject.of_checkpoint(args.checkpoint, args.tokenizer)

    def has(self, task: str) -> bool:
        return bool(self.tasks.get(task, {}).get("available"))

    def offers(self, *tasks: str) -> bool:
        """Whether the model does all of these; those that it does not are named on stderr, with the reason."""
        missing = [task for task in tasks if not self.has(task)]
        for task in missing:
            reason = self.tasks.get(task, {}).get("reason", "the pack does not know this task")
            print(f"{task} is not measured: {reason}", file=sys.stderr)
        return not missing

    def option(self, task: str, name: str, default: float) -> float:
        return float(self.tasks[task].get("options", {}).get(name, default))

    def size(self, task: str) -> InputSize:
        return InputSize.of_entry(self.sizes[self.tasks[task]["size"]])

    def look(self, photo: Image.Image, task: str = "semantic") -> Opened:
        """At the size of the task; all that segment have the same."""
        size = self.size(task)
        picture = open_picture(photo, size, self.runtime.info.preprocess, self.resample)
        features = self.runtime.image(picture.pixels)
        return Opened(self.runtime, picture, features, size, self.resample, lambda: photo)

    def also(self, opened: Opened, photo: Image.Image, task: str) -> Opened:
        """The same photo for another task: encoded anew only where its size is another."""
        return opened if opened.size == self.size(task) else self.look(photo, task)

    def seen(self, opened: Opened, task: str) -> Prediction:
        """What a task reads: the base pass, in a mirror as well where the task is so."""
        name = self.tasks[task].get("options", {}).get("mirrored")
        return opened.seen(InputSize.of_entry(self.sizes[name]) if name else None)

    @torch.inference_mode()
    def caption(self, opened: Opened) -> str:
        """Of a photo at the size of captions."""
        search = Search.of(lambda name, usual: self.option("caption", name, usual))
        best, *_ = beam(self.runtime, opened.features, search)
        return caption_text(self.codec, best.token_ids)

    @torch.inference_mode()
    def answer_logits(self, opened: Opened, segmented: Callable[[], Opened], question: str) -> Tensor:
        """(A,) of a photo at the size of questions, and if need be at that of segmentation."""
        asking = Asking(opened, segmented, self.codec, self.answers, question)
        return asking.logits(lambda about: self.option("vqa", about, 0))

    def logits(self, opened: Opened, table: Tensor, task: str) -> Tensor:
        """(Q, K + 1) of what the task reads, background as much as it counts for the task. table: `table`'s."""
        found = class_logits(self.seen(opened, task), table, self.runtime.info.logit_scale)
        return weighed(found, self.option(task, "background", 1))

    def panoptic(self, opened: Opened, table: Tensor, is_thing: list[bool]) -> Panoptic:
        """table: `table`'s, is_thing: of its names."""
        logits, masks = self.logits(opened, table, "panoptic"), self.seen(opened, "panoptic").masks
        least = self.option("panoptic", "objectMask", OBJECT_MASK)
        kept = claims(logits, masks, least, self.option("panoptic", "nms", 1))
        full, overlap = opened.full_size(masks[kept]), self.option("panoptic", "overlap", OVERLAP)
        return panoptic(logits[kept], full, is_thing, object_mask=least, overlap=overlap)

    @torch.inference_mode()
    def table(self, names: list[str]) -> Tensor:
        """(K + 1, d) normalised, "background" last."""
        return vocabulary_embeddings(self.runtime, self.codec, [*names, BACKGROUND])

    @cached_property
    def background(self) -> Tensor:
        return self.table([])[-1]
