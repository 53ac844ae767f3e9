"""Wrappers that read words: the text encoder, and captions one word at a time (spec section 12.5)."""

import torch
from torch import Tensor

from ..model import words
from ..model.decoder import BLOCKED, Memory
from ..model.words import WordCache
from ..model.xdecoder import XDecoder
from .picture_graphs import Graph
from .ports import LEVELS, flat, pairs, unpack_memory


class TextGraph(Graph):
    """ids (N, T) -> projected token embeddings (N, T, d)."""

    def __init__(self, model: XDecoder) -> None:
        super().__init__(model)
        context = model.config.text.context
        # A constant that is cut to length: computing it needs operators that browsers run on the CPU.
        self.register_buffer("causal", torch.full((context, context), BLOCKED).triu(1), persistent=False)

    def forward(self, input_ids: Tensor) -> tuple[Tensor, ...]:
        encoder, length = self.model.text_encoder, input_ids.shape[1]
        x = encoder.token_embedding(input_ids) + encoder.positional_embedding[:length]
        bias = self.causal[:length, :length]
        for block in encoder.resblocks:
            x = block(x, bias)
        return (encoder.ln_final(x) @ encoder.lang_proj,)


class CaptionPrefillGraph(Graph):
    """memory -> self-attention keys and values of the latent queries in each layer: what every word looks at.

    Where the model has weights for that, with the image embedding: which words are expected and how rare they are.
    """

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        memory, pooled = (inputs[:-1], inputs[-1]) if self.model.config.consensus else (inputs, None)
        begun = words.prefill(self.model, unpack_memory(memory), pooled)
        if begun.expected is None:
            return tuple(flat(begun.queries))
        return (*flat(begun.queries), torch.cat([begun.expected.weights, begun.expected.rarity[None]]))


class CaptionStepGraph(Graph):
    """One more word of each sentence in, logits of the next and the grown caches out."""

    def forward(self, input_id: Tensor, position: Tensor, parents: Tensor, *rest: Tensor) -> tuple[Tensor, ...]:
        config = self.model.config
        layers, texts = 2 * config.layers, 2 * config.text.layers
        text, memory, queries, known, bias = in_groups(rest, [texts, layers, layers, layers, LEVELS])
        keys_values = pairs(memory)
        seen = Memory(input_id, [], [k.transpose(2, 3) for k, _ in keys_values], [v for _, v in keys_values])
        cache = WordCache(pairs(text), pairs(known))
        step = words.step(self.model, seen, pairs(queries), input_id, cache, list(bias), position, parents)
        # The table is also read by rows: multiplied from the left, no transposed copy of it is kept.
        logits = (self.model.text_encoder.token_embedding.weight @ step.hidden.transpose(0, 1)).transpose(0, 1)
        return (logits, *flat(step.cache.text), *flat(step.cache.words))


def in_groups(tensors: tuple[Tensor, ...], counts: list[int]) -> list[tuple[Tensor, ...]]:
    """Consecutive groups of the given sizes, which must use everything."""
    groups, start = [], 0
    for count in counts:
        groups.append(tensors[start : start + count])
        start += count
    if start != len(tensors):
        raise ValueError(f"{len(tensors)} tensors given, {start} expected")
    return groups
