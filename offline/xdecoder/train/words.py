"""Losses of the tasks that read or write sentences (X-Decoder section 3.3): captions, retrieval, questions.

The backbone is taken as it is: these losses train the pixel decoder's three coarse maps, the decoder and the text
encoder, which makes a step much cheaper and leaves the finest map to the tasks that have masks.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..model import plans
from ..model.decoder import BLOCKED, Decoder, Head, Memory, QueryPlan
from ..model.geometry import Geometry
from ..model.xdecoder import XDecoder


def picture(model: XDecoder, pixels: Tensor, geometry: Geometry) -> tuple[Memory, Tensor]:
    """Memory whose coarse maps can be trained, and the pooled backbone (B, C5); pixels (B, 3, H, W) normalised."""
    with torch.no_grad():
        maps = model.backbone(pixels)
    mask_features, levels = model.pixel_decoder(maps, geometry)
    return model.decoder.remember(mask_features.detach(), levels, geometry), maps[3].mean((2, 3))


def _apart(queries: int, count: int, words: int, device: torch.device) -> Tensor:
    """plans.words_bias for `count` texts of `words` rows each: no text sees another."""
    bias = plans.words_bias(queries, count * words, device)
    bias[queries:, queries:][torch.block_diag(*[torch.ones(words, words, device=device)] * count) == 0] = BLOCKED
    return bias


def caption_plan(decoder: Decoder, tokens: Tensor) -> QueryPlan:
    """plans.caption for several captions of each picture at once, tokens (B, C, W, d).

    Latent queries never see words, so the picture's own rows are computed once for all of its captions.
    """
    _, count, words, _ = tokens.shape
    q = len(decoder.query_feat.weight)
    flat = tokens.flatten(1, 2)
    queries = plans.base(decoder, len(tokens))
    position = decoder.pos_embed_caping.weight[:words].repeat(count, 1)
    return QueryPlan(
        torch.cat([queries.content, flat], 1),
        torch.cat([queries.position, flat + position], 1),
        guided=[True] * q + [False] * (count * words),
        self_bias=_apart(q, count, words, tokens.device),
        class_row=q - 1,
    )


def question_plan(decoder: Decoder, tokens: Tensor) -> QueryPlan:
    """plans.question for several questions about each picture at once, tokens (B, C, W, d)."""
    batch, count, words, _ = tokens.shape
    q = len(decoder.query_feat.weight)
    queries = plans.base(decoder, batch)
    slots = decoder.query_feat_caping.weight[:words].repeat(count, 1)[None].expand(batch, -1, -1)
    return QueryPlan(
        torch.cat([queries.content, slots], 1),
        torch.cat([queries.position, tokens.flatten(1, 2)], 1),
        guided=False,
        self_bias=_apart(q, count, words, tokens.device),
        class_row=q - 1,
    )


def spoken(goal: Tensor, end: int) -> Tensor:
    """Bool, like goal (..., T): the first end token is to be said; the padding after it is not."""
    ends = (goal == end).int()
    return ends.cumsum(-1) - ends == 0


def next_words(model: XDecoder, memory: Memory, ids: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor, Head]:
    """What follows each word of ids (B, C, T), given their text embeddings tokens (B, C, T, d).

    Returns logits (S, V) and the words that do follow (S,), where said (B, C * (T - 1)) has S rows, and the last head,
    whose image query serves retrieval.
    """
    config = model.config
    head = model.decoder(memory, caption_plan(model.decoder, tokens[:, :, :-1]))[0][-1]
    hidden = head.state[:, config.queries :].float() @ model.decoder.caping_embed
    goal = ids[:, :, 1:]
    said = spoken(goal, config.text.end_token).flatten(1)
    return hidden[said] @ model.text_encoder.token_embedding.weight.T, goal.flatten(1)[said], said, head


def caption_loss(model: XDecoder, memory: Memory, ids: Tensor, tokens: Tensor) -> tuple[Tensor, Head]:
    """Cross-entropy of every next word of ids (B, C, T) and the last head; tokens as in next_words."""
    logits, goal, _, head = next_words(model, memory, ids, tokens)
    return F.cross_entropy(logits, goal, label_smoothing=0.05), head


def answer_states(model: XDecoder, memory: Memory, ids: Tensor) -> Tensor:
    """(B, C, d) of C questions a picture, ids (B, C, T): the row of each question's end token."""
    config = model.config
    count, words = ids.shape[1:]
    tokens = model.text_encoder(ids.flatten(0, 1)).unflatten(0, (-1, count))
    rows = model.decoder(memory, question_plan(model.decoder, tokens))[0][-1].state[:, config.queries :]
    end = (ids == config.text.end_token).int().argmax(-1)
    return rows.unflatten(1, (count, words)).gather(2, end[..., None, None].expand(-1, -1, -1, config.dim))[:, :, 0]


def answer_logits(model: XDecoder, memory: Memory, ids: Tensor) -> Tensor:
    """(B, C, answers) of C questions a picture, ids (B, C, T)."""
    return model.decoder.vqa_classifier(answer_states(model, memory, ids)).float()


def answer_loss(model: XDecoder, memory: Memory, ids: Tensor, answers: Tensor) -> Tensor:
    """Cross-entropy of the answers (B, C), -1 = no question; ids as in answer_logits."""
    return F.cross_entropy(answer_logits(model, memory, ids).flatten(0, 1), answers.flatten(), ignore_index=-1)
