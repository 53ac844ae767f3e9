"""A run's state: the runtime, the vocabulary, and the last picture's features so that its requests share them."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from torch import Tensor

from ..preprocess import InputSize, Picture, open_picture, read_image
from ..runtime import Prediction, Runtime, TextCodec
from ..runtime.pack_runtime import PackRuntime
from ..runtime.torch_runtime import TorchRuntime
from ..tasks.opened import Opened
from ..tasks.query_bank import query_bank_of
from ..tasks.retrieval import QueryBank
from ..tasks.vocabulary import vocabulary_embeddings
from ..vocabulary import answers_of
from .names import Names, Vocabulary
from .sizes import Sizes


@dataclass
class Session:
    """files: where a picture is whose name is not its path."""

    runtime: Runtime
    codec: TextCodec
    out: Path
    vocabulary: Vocabulary
    files: Mapping[str, str] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    _opened: dict[tuple[str, InputSize], Opened] = field(default_factory=dict)
    _pictures: dict[tuple[str, InputSize], Picture] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Adds the block's milliseconds to the current line's timings."""
        start = time.perf_counter()
        yield
        spent = (time.perf_counter() - start) * 1000
        self.timings[stage] = round(self.timings.get(stage, 0.0) + spent, 3)

    @cached_property
    def sizes(self) -> Sizes:
        return Sizes(self.runtime)

    @cached_property
    def answers(self) -> dict[int, str]:
        """Of the VQA classifier, by index."""
        if isinstance(self.runtime, PackRuntime):
            return self.runtime.answers
        assert isinstance(self.runtime, TorchRuntime)
        return answers_of(self.runtime.model.config.answers)

    @cached_property
    def query_bank(self) -> QueryBank | None:
        return query_bank_of(self.runtime)

    @cached_property
    def names(self) -> Names:
        """The run's own."""
        return self.vocabulary.own()

    @cached_property
    def background(self) -> Tensor:
        """(d,) embedding that a phrase's score is measured against."""
        with self.timed("text"):
            return vocabulary_embeddings(self.runtime, self.codec, ["background"])[0]

    def give(self, image: str, pictures: dict[InputSize, Picture]) -> None:
        """A picture that was decoded elsewhere, in place of the last one: `picture` does not read its file."""
        self._opened.clear()
        self._pictures = {(image, size): picture for size, picture in pictures.items()}

    def picture(self, image: str, task: str) -> Picture:
        """Decoded at the task's size; only the last picture is kept."""
        size, resample = self.sizes.of(task)
        key = (image, size)
        if key not in self._pictures:
            if any(kept != image for kept, _ in self._pictures):
                self._pictures.clear()
                self._opened.clear()
            with self.timed("decode"):
                read = read_image(self.files.get(image, image))
                self._pictures[key] = open_picture(read, size, self.runtime.info.preprocess, resample)
        return self._pictures[key]

    def open(self, image: str, task: str) -> Opened:
        """Features of the picture at the task's size; only the last picture's are kept."""
        picture = self.picture(image, task)
        size, resample = self.sizes.of(task)
        if (image, size) not in self._opened:
            with self.timed("image"):
                features = self.runtime.image(picture.pixels)
            again = partial(read_image, self.files.get(image, image))
            self._opened[image, size] = Opened(self.runtime, picture, features, size, resample, again, self.timed)
        return self._opened[image, size]

    def seen(self, opened: Opened, task: str) -> Prediction:
        """What a task reads: the base pass, in a mirror as well where the pack says so."""
        return opened.seen(self.sizes.mirrored(task))
