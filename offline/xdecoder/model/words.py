"""Captions one word at a time: exact, because nothing that is kept depends on a later word (spec section 12.5).

Latent queries never see words, so their self-attention keys and values come from one base pass. The text encoder and
the word rows are causal, so theirs are kept as they come. A word's row has no mask of its own.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from . import plans
from .consensus import Expected
from .decoder import Memory
from .xdecoder import XDecoder

KeyValue = tuple[Tensor, Tensor]


@dataclass
class Begun:
    """What every word of a caption looks at, and which words are expected, where the model has weights for that.

    queries[i]: self-attention keys and values (B, n, Q, d/n) of the latent queries in decoder layer i.
    """

    queries: list[KeyValue]
    expected: Expected | None = None


@dataclass
class WordCache:
    """Keys and values of the `length` words read so far: text encoder (B, nt, t, dt), decoder (B, n, t, d/n)."""

    text: list[KeyValue]
    words: list[KeyValue]
    length: int = 0


@dataclass
class WordStep:
    """logits (B, V) of the next word; hidden (B, d) is the caption output vector before the token table."""

    logits: Tensor
    cache: WordCache
    hidden: Tensor | None = field(default=None)


def prefill(model: XDecoder, memory: Memory, pooled: Tensor | None = None) -> Begun:
    """pooled: the image embedding (B, d), without which no words are expected."""
    seen: list[KeyValue] = []
    heads, _ = model.decoder(memory, plans.base(model.decoder, len(memory.mask_features)), seen)
    if pooled is None or not model.config.consensus:
        return Begun(seen)
    return Begun(seen, model.consensus(heads[-1], pooled))


def empty_cache(model: XDecoder, batch: int = 1) -> WordCache:
    text, decoder = model.config.text, model.config
    weight = model.decoder.query_feat.weight

    def none(heads: int, width: int, layers: int) -> list[KeyValue]:
        return [(weight.new_zeros(batch, heads, 0, width // heads),) * 2 for _ in range(layers)]

    return WordCache(none(text.heads, text.width, text.layers), none(decoder.heads, decoder.dim, decoder.layers))


def _rows(pairs: list[KeyValue], rows: Tensor) -> list[KeyValue]:
    return [(k.index_select(0, rows), v.index_select(0, rows)) for k, v in pairs]


def step(
    model: XDecoder,
    memory: Memory,
    queries: list[KeyValue],
    ids: Tensor,
    cache: WordCache,
    bias: list[Tensor] | None = None,
    position: Tensor | None = None,
    parents: Tensor | None = None,
) -> WordStep:
    """Reads the words ids (B, 1) at position `cache.length` and predicts the next.

    memory and queries are of B pictures, or of one: then the B sentences are all about it and share what they look at.
    bias[l]: additive (B, 1, 1, h_l*w_l), BLOCKED where a region caption may not look; None = everywhere.
    position (1,): the same length as a tensor, for an exported graph.
    parents (B,): row of the cache that each word goes on from; None: its own.
    """
    decoder, encoder = model.decoder, model.text_encoder
    shared, batch = len(queries[0][0]) == 1, len(ids)
    if parents is not None:
        cache = WordCache(_rows(cache.text, parents), _rows(cache.words, parents), cache.length)
    if position is None:
        position = torch.tensor([cache.length], device=ids.device)
    x, text = encoder.step(ids, position, cache.text)
    place = x + decoder.pos_embed_caping(position)
    words = []
    for i, (cross, own, ffn) in enumerate(
        zip(
            decoder.transformer_cross_attention_layers,
            decoder.transformer_self_attention_layers,
            decoder.transformer_ffn_layers,
            strict=True,
        )
    ):
        look, talk = cross.multihead_attn, own.self_attn
        limit = None if bias is None else bias[i % 3]
        # Sentences about one picture look at it side by side: as rows of one batch, its keys and values are read once.
        q = look.queries((x + place).transpose(0, 1) if shared else x + place)
        seen = look.attend(q, memory.keys[i], memory.values[i], limit)
        x = cross.norm(x + (seen.transpose(0, 1) if shared else seen))
        qk = x + place
        k = torch.cat([cache.words[i][0], talk.keys(qk)], 2)
        v = torch.cat([cache.words[i][1], talk.values(x)], 2)
        words.append((k, v))
        k, v = (torch.cat([q.expand(batch, -1, -1, -1), w], 2) for q, w in zip(queries[i], (k, v), strict=True))
        x = ffn(own.norm(x + talk.attend(talk.queries(qk), k, v)))
    hidden = decoder.decoder_norm(x[:, 0]) @ decoder.caping_embed
    logits = hidden @ encoder.token_embedding.weight.T
    return WordStep(logits, WordCache(text, words, cache.length + 1), hidden)
