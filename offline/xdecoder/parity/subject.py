"""The model under test: a runtime, and the PyTorch model behind it where arrays inside the graphs are compared."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from torch import Tensor

from ..model.xdecoder import XDecoder
from ..preprocess import InputSize, Picture, open_picture
from ..runtime import Runtime, TextCodec, TorchRuntime
from ..tasks.vocabulary import vocabulary_embeddings
from ..vocabulary import templates
from .inputs import NAMES, test_image

AS_IT_IS = InputSize(0)


@dataclass(frozen=True)
class Judge:
    """The model that a pack was made from, asked only whether a miss is a rounding tie.

    decided: where the pack's passes leave the mask logits that they decided by.
    """

    model: XDecoder
    decided: list[Tensor]


@dataclass
class Subject:
    """model is None for an ONNX pack: only what crosses a graph's border can be compared then."""

    runtime: Runtime
    codec: TextCodec
    model: XDecoder | None = None
    judge: Judge | None = None
    _vocabularies: dict[tuple[str, ...], Tensor] = field(default_factory=dict)

    def vocabulary(self, names: Sequence[str] = NAMES) -> Tensor:
        """(K, d) 81-template embeddings, computed once."""
        key = tuple(names)
        if key not in self._vocabularies:
            self._vocabularies[key] = vocabulary_embeddings(self.runtime, self.codec, key, templates())
        return self._vocabularies[key]

    def twin(self) -> "Subject":
        """The judge in the pack's place."""
        if self.judge is None:
            raise ValueError("a pack alone has no model to be judged by")
        return Subject(TorchRuntime(self.judge.model), self.codec)

    def picture(self, height: int, width: int) -> Picture:
        """The test picture of that size, not resized."""
        return open_picture(test_image(height, width), AS_IT_IS, self.runtime.info.preprocess)
