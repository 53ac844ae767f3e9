"""What is measured: a checkpoint in PyTorch or a pack in onnxruntime, through the same interface."""

import argparse
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from ..export.profiles import DEFAULT
from ..postprocess import Panoptic, claims, panoptic, to_picture, weighed
from ..preprocess import InputSize, Picture, open_picture
from ..runtime import Features, Prediction, Runtime, TextCodec
from ..runtime.pack_runtime import PackRuntime
from ..runtime.torch_runtime import TorchRuntime
from ..tasks.beam import beam, fittest
from ..tasks.caption import caption_text
from ..tasks.vocabulary import BACKGROUND, class_logits, vocabulary_embeddings
from ..train.checkpoints import load_model

SEGMENTATION = InputSize(384, 640)
# Words are trained on whole photos, squashed.
WORDS = InputSize(224, square=True)


@dataclass
class Looked:
    """A photo, encoded; its base pass once something asked for it (`Subject.base`)."""

    picture: Picture
    features: Features
    prediction: Prediction | None = None


@dataclass
class Subject:
    """A model at work, with the sizes that photos are fed at."""

    runtime: Runtime
    codec: TextCodec
    segmentation: InputSize = SEGMENTATION
    words: InputSize = WORDS

    @staticmethod
    def of_checkpoint(checkpoint: Path, tokenizer: Path) -> "Subject":
        runtime = TorchRuntime(load_model(checkpoint))
        info = runtime.info
        return Subject(runtime, TextCodec.from_file(tokenizer, info.context, info.start_token, info.end_token))

    @staticmethod
    def of_pack(folder: Path, variant: str | None = None) -> "Subject":
        runtime = PackRuntime(folder, variant=variant)
        sizes = runtime.pack.manifest["sizes"]

        def size(name: str) -> InputSize:
            entry = sizes.get(name, sizes["segmentation"])
            return InputSize(entry["shortSide"], entry.get("maxLongSide"), bool(entry.get("square")))

        return Subject(runtime, runtime.codec, size("segmentation"), size("caption"))

    @staticmethod
    def add_options(parser: argparse.ArgumentParser) -> None:
        """What `of_options` reads."""
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--checkpoint", type=Path, metavar="FILE", help="measured in PyTorch")
        source.add_argument("--pack", type=Path, metavar="DIR", help="measured in onnxruntime")
        parser.add_argument("--variant", help="of the pack; by default the one that a CPU would run")
        tokenizer = Path("runs/data/tokenizer.json")
        parser.add_argument("--tokenizer", type=Path, default=tokenizer, help="of the checkpoint")

    @staticmethod
    def of_options(args: argparse.Namespace) -> "Subject":
        if args.pack:
            return Subject.of_pack(args.pack, args.variant)
        return Subject.of_checkpoint(args.checkpoint, args.tokenizer)

    def look(self, photo: Image.Image, size: InputSize | None = None) -> Looked:
        """At the segmentation size if not told otherwise."""
        picture = open_picture(photo, size or self.segmentation, self.runtime.info.preprocess, "bilinear")
        return Looked(picture, self.runtime.image(picture.pixels))

    def base(self, looked: Looked) -> Prediction:
        """The latent queries' answer, computed once a photo."""
        if looked.prediction is None:
            looked.prediction = self.runtime.base(looked.features)
        return looked.prediction

    @torch.inference_mode()
    def caption(self, looked: Looked) -> str:
        """Of a photo at the size of words, with the settings of the default pack."""
        sentences = beam(self.runtime, looked.features, DEFAULT.beams)
        args = self.runtime, self.codec, looked.features, self.base(looked), sentences, DEFAULT.similarity
        return caption_text(self.codec, fittest(*args).token_ids)

    def logits(self, looked: Looked, table: Tensor, task: str) -> Tensor:
        """(Q, K + 1) of the base pass; background counts as the default pack has it for the task. table: `table`'s."""
        found = class_logits(self.base(looked), table, self.runtime.info.logit_scale)
        return weighed(found, DEFAULT.background[task])

    def full_size(self, looked: Looked, masks: Tensor) -> Tensor:
        """(N, H/4, W/4) logits -> (N, height, width) of the photo."""
        p = looked.picture
        return to_picture(masks, p.padded, p.content, p.size, self.runtime.info.mask_resize)

    def panoptic(self, looked: Looked, table: Tensor, is_thing: list[bool]) -> Panoptic:
        """As the default pack makes it; table: `table`'s, is_thing: of its names."""
        logits, masks = self.logits(looked, table, "panoptic"), self.base(looked).masks
        kept = claims(logits, masks, DEFAULT.object_mask, DEFAULT.nms)
        full = self.full_size(looked, masks[kept])
        return panoptic(logits[kept], full, is_thing, object_mask=DEFAULT.object_mask, overlap=DEFAULT.overlap)

    @torch.inference_mode()
    def table(self, names: list[str]) -> Tensor:
        """(K + 1, d) normalised, "background" last."""
        return vocabulary_embeddings(self.runtime, self.codec, [*names, BACKGROUND])

    @cached_property
    def background(self) -> Tensor:
        return self.table([])[-1]
