"""Class names to class embeddings through prompt templates (spec section 5)."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ..model.text_encoder import normalise, similarity
from ..runtime import Prediction, Runtime, TextCodec
from ..runtime.text import sentences

BACKGROUND = "background"
SUFFIXES = ("-other", "-merged", "-stuff")


def clean(name: str) -> str:
    """COCO's technical endings are not words."""
    for suffix in SUFFIXES:
        name = name.replace(suffix, "")
    return name


def phrase_embeddings(runtime: Runtime, codec: TextCodec, phrases: Sequence[str]) -> Tensor:
    """(N, d) sentence embeddings as they are, not normalised."""
    ids = codec(list(phrases))
    return sentences(runtime.text(ids), ids, codec.end)


def vocabulary_embeddings(
    runtime: Runtime, codec: TextCodec, names: Sequence[str], forms: Sequence[str] | None = None
) -> Tensor:
    """(K, d), each the normalised mean of the name's normalised sentences in all templates."""
    forms = runtime.info.templates if forms is None else forms
    rows = []
    for name in names:
        each = normalise(phrase_embeddings(runtime, codec, [form.replace("{}", clean(name)) for form in forms]))
        mean = each.mean(0)
        rows.append(mean / mean.norm())
    return torch.stack(rows)


def class_logits(prediction: Prediction, vocabulary: Tensor, logit_scale: float) -> Tensor:
    """Embeddings of R queries against a vocabulary (K + 1, d) -> (R, K + 1); the scale is not clamped here."""
    return similarity(prediction.embeddings[None], vocabulary, logit_scale)[0]
