"""A task is a combination of queries: a function a task says which rows enter and who sees whom (spec section 6).

The official code runs grounding, captioning and VQA with every row at once. Rows that can't influence the answer are
left out here; the joint forms stand beside, for the proof that both agree (spec section 12).
"""

import torch
from torch import Tensor

from .decoder import BLOCKED, Decoder, QueryPlan


def _expand(weight: Tensor, batch: int) -> Tensor:
    return weight[None].expand(batch, -1, -1)


def base_bias(objects: int, device: torch.device) -> Tensor:
    """(Q, Q): object queries and the image query do not see each other."""
    bias = torch.zeros(objects + 1, objects + 1, device=device)
    bias[:objects, objects] = BLOCKED
    bias[objects, :objects] = BLOCKED
    return bias


def base(decoder: Decoder, batch: int = 1) -> QueryPlan:
    """Panoptic, semantic, instance, retrieval: all latent queries, guided by their own masks."""
    feat, embed = decoder.query_feat.weight, decoder.query_embed.weight
    q = len(feat) - 1
    if decoder.config.seem:
        return QueryPlan(_expand(feat, batch), _expand(embed, batch), guided=True)
    return QueryPlan(
        _expand(feat, batch), _expand(embed, batch), guided=True, self_bias=base_bias(q, feat.device), class_row=q
    )


def ground(decoder: Decoder, tokens: Tensor, token_bias: Tensor | None = None) -> QueryPlan:
    """Referring: a copy of the object queries and the phrase tokens (B, T, d), all to all.

    The first row is never guided by its mask: the official code un-masks row Q of the joint pass, which is this one.
    token_bias (B, T): additive, blocks padded tokens in a batch.
    """
    feat, embed = decoder.query_feat.weight[:-1], decoder.query_embed.weight[:-1]
    batch, rows = len(tokens), len(feat)
    bias = None
    if token_bias is not None:
        bias = torch.cat([token_bias.new_zeros(batch, rows), token_bias], 1)[:, None, None]
    return QueryPlan(
        _expand(feat, batch),
        _expand(embed, batch),
        guided=[False] + [True] * (rows - 1),
        self_bias=bias,
        tokens=tokens,
    )


def ground_joint(decoder: Decoder, tokens: Tensor) -> QueryPlan:
    """The official form of `ground`: latent queries and their copy in one pass. Rows Q.. are the grounding queries."""
    feat, embed = decoder.query_feat.weight, decoder.query_embed.weight
    q, batch = len(feat), len(tokens)
    total = 2 * q - 1 + tokens.shape[1]
    bias = torch.full((total, total), BLOCKED, device=feat.device)
    bias[:q, :q] = base_bias(q - 1, feat.device)
    bias[q:, q:] = 0
    return QueryPlan(
        _expand(torch.cat([feat, feat[:-1]]), batch),
        _expand(torch.cat([embed, embed[:-1]]), batch),
        guided=[True] * q + [False] + [True] * (q - 2),
        self_bias=bias,
        class_row=q - 1,
        tokens=tokens,
    )


def words_bias(queries: int, words: int, device: torch.device) -> Tensor:
    """(Q + W, Q + W): the base rule; queries never see words; words see all queries and earlier words."""
    bias = torch.zeros(queries + words, queries + words, device=device)
    bias[:queries, :queries] = base_bias(queries - 1, device)
    bias[:queries, queries:] = BLOCKED
    bias[queries:, queries:] = torch.full((words, words), BLOCKED, device=device).triu(1)
    return bias


def caption(decoder: Decoder, tokens: Tensor, hidden: list[Tensor] | None = None) -> QueryPlan:
    """Captioning: latent queries and word rows (B, W, d), the words' token embeddings.

    hidden: per level bool (B, h*w), True where the words may not look (region caption); a level hidden everywhere
    hides nothing.
    """
    feat, embed = decoder.query_feat.weight, decoder.query_embed.weight
    q, (batch, words) = len(feat), tokens.shape[:2]
    cross = None
    if hidden is not None:
        cross = []
        for level in hidden:
            blocked = level.float() * (1 - level.float().amin(-1, keepdim=True))
            row = (blocked * BLOCKED)[:, None, None]
            cross.append(
                torch.cat([row.new_zeros(batch, 1, q, row.shape[-1]), row.expand(-1, -1, words, -1)], 2)
            )
    return QueryPlan(
        torch.cat([_expand(feat, batch), tokens], 1),
        torch.cat([_expand(embed, batch), tokens + decoder.pos_embed_caping.weight[:words]], 1),
        guided=[True] * q + [False] * words,
        self_bias=words_bias(q, words, feat.device),
        class_row=q - 1,
        cross_bias=cross,
    )


def question(decoder: Decoder, tokens: Tensor) -> QueryPlan:
    """VQA: learned word rows whose position is the question's token embeddings; no row is guided by a mask."""
    feat, embed = decoder.query_feat.weight, decoder.query_embed.weight
    q, (batch, words) = len(feat), tokens.shape[:2]
    return QueryPlan(
        torch.cat([_expand(feat, batch), _expand(decoder.query_feat_caping.weight[:words], batch)], 1),
        torch.cat([_expand(embed, batch), tokens], 1),
        guided=False,
        self_bias=words_bias(q, words, feat.device),
        class_row=q - 1,
    )


def prompted(decoder: Decoder, tokens: Tensor | None, prompts: list[Tensor] | None) -> QueryPlan:
    """SEEM demo decoder: object queries see text tokens and visual prompts; prompts see only each other.

    tokens (B, T, d) are carried through the layers and see the object queries; prompts[l] (B, P, d) are fresh a layer.
    """
    feat, embed = decoder.query_feat.weight, decoder.query_embed.weight
    batch = len(tokens) if tokens is not None else len(prompts[0]) if prompts else 1
    carried = 0 if tokens is None else tokens.shape[1]
    count = 0 if prompts is None else prompts[0].shape[1]
    kept = len(feat) + carried
    bias = torch.zeros(kept + count, kept + count, device=feat.device)
    bias[kept:, :kept] = BLOCKED
    return QueryPlan(
        _expand(feat, batch), _expand(embed, batch), guided=True, self_bias=bias, tokens=tokens, prompts=prompts
    )
