"""Wrappers of visual prompts (SEEM, spec section 11): a region becomes tokens, and a pass answers to them."""

from dataclasses import replace

import torch
from torch import Tensor

from ..model import plans
from ..model.decoder import BLOCKED
from ..model.sampling import sample
from .picture_graphs import Graph
from .ports import LEVELS, unpack_memory


class PromptGraph(Graph):
    """Points of a region -> their mean mask feature (1, C) and their tokens for each level (1, P, d).

    sign (1,) int32: 0 where the region is wanted, 1 where it is not.
    """

    def forward(self, mask_features: Tensor, *inputs: Tensor) -> tuple[Tensor, ...]:
        sources, points, sign = inputs[:LEVELS], inputs[LEVELS], inputs[LEVELS + 1]
        decoder = self.model.decoder
        indicator = decoder.pn_indicator(sign)
        # Sampling is linear, so projecting the samples alone equals projecting the whole map.
        tokens = [
            sample(source, points) @ embed + indicator
            for source, embed in zip(sources, decoder.mask_sptial_embed, strict=True)
        ]
        return (sample(mask_features, points).mean(1), *tokens)


class PromptedGraph(Graph):
    """memory, text tokens (1, T, d), prompt tokens (1, P, d) -> masks, class and mask embeddings of all queries.

    T or P may be 0.
    """

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        memory = unpack_memory(inputs[: -LEVELS - 1])
        tokens, prompts = inputs[-LEVELS - 1], list(inputs[-LEVELS:])
        decoder = self.model.decoder
        # plans.prompted's rule, as arithmetic: prompts do not see what is no prompt.
        queries = torch.zeros(1, self.model.config.queries)
        is_prompt = torch.cat([queries, tokens[..., 0] * 0, prompts[0][..., 0] * 0 + 1], 1)
        bias = (is_prompt[:, :, None] * (1 - is_prompt[:, None]))[:, None] * BLOCKED
        plan = replace(plans.prompted(decoder, tokens, prompts), self_bias=bias)
        head = decoder(memory, plan)[0][-1]
        return head.masks(memory.mask_features), head.embeddings, head.mask_embeddings
