"""What a task may ask of a model: the roles of docs/pack.md, with torch tensors at the border."""

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from ..model.config import PreprocessConfig
from ..model.decoder import Memory
from ..model.geometry import MaskResize
from ..model.words import Begun, KeyValue, WordCache, WordStep

Role = str


class UnavailableError(RuntimeError):
    """A task that this checkpoint or pack has no weights for."""


@dataclass(frozen=True)
class Info:
    """Numbers that tasks need; logit_scale is the similarity scale itself (already exponentiated)."""

    name: str
    dim: int
    queries: int
    logit_scale: float
    context: int
    start_token: int
    end_token: int
    preprocess: PreprocessConfig
    mask_resize: MaskResize
    seem: bool = False
    roles: frozenset[Role] = frozenset()
    templates: tuple[str, ...] = ("{}",)


@dataclass
class Features:
    """A picture, encoded once. image_embedding (1, d) is the pooled backbone vector, None where there is none."""

    memory: Memory
    image_embedding: Tensor | None
    padded: tuple[int, int]


@dataclass
class Prediction:
    """masks (R, H/4, W/4) logits, embeddings (R, d) not normalised; mask_embeddings (R, C) and image_query (d,), the
    image query's vector for retrieval, only where known.
    """

    masks: Tensor
    embeddings: Tensor
    mask_embeddings: Tensor | None = None
    image_query: Tensor | None = None


@dataclass
class VisualPrompt:
    """A stroke seen by the model: pooled (C,) mean mask feature, tokens[l] (P, d) for each level (SEEM)."""

    pooled: Tensor
    tokens: list[Tensor]


class Runtime(Protocol):
    """Batch is 1 except in `text`. A role that is missing raises UnavailableError."""

    @property
    def info(self) -> Info: ...

    def image(self, pixels: Tensor) -> Features:
        """Normalised padded pixels (1, 3, H, W)."""
        ...

    def base(self, features: Features) -> Prediction:
        """All latent queries; the last row is the image."""
        ...

    def ground(self, features: Features, tokens: Tensor) -> Prediction:
        """Grounding queries (Q - 1 rows) for one phrase's tokens (T, d)."""
        ...

    def text(self, ids: Tensor) -> Tensor:
        """ids (N, T), padded with the end token -> token embeddings (N, T, d), not normalised."""
        ...

    def caption_prefill(self, features: Features) -> Begun: ...

    def caption_start(self) -> WordCache:
        """The cache before the first word."""
        ...

    def caption_step(
        self,
        features: Features,
        queries: list[KeyValue],
        tokens: list[int],
        parents: list[int],
        cache: WordCache,
        bias: list[Tensor] | None = None,
    ) -> WordStep:
        """Reads a word of each sentence at position cache.length; bias[l] (1, 1, 1, h_l*w_l) additive.

        parents: row of the cache that each sentence goes on from; at first there is row 0, of no words.
        """
        ...

    def vqa(self, features: Features, tokens: Tensor) -> Tensor:
        """Question tokens (T, d), start to end -> answer logits (A,)."""
        ...

    def visual_prompt(self, features: Features, points: Tensor, *, positive: bool) -> VisualPrompt:
        """points (P, 2) as (y / H, x / W) of the padded picture."""
        ...

    def prompted(self, features: Features, tokens: Tensor | None, prompts: list[VisualPrompt]) -> Prediction:
        """Latent queries with text tokens (T, d) and visual prompts in self-attention (SEEM)."""
        ...
