"""The loss of visual prompts (SEEM; spec section 11): the query that the marks mean answers with their region."""

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from ..model import plans
from ..model.decoder import BLOCKED, Memory
from ..model.sampling import sample
from ..model.xdecoder import XDecoder
from ..tasks.prompts import SCORE_SCALE
from .losses import CLASS_WEIGHT
from .points import mask_loss, pairwise_mask_cost

# Prompts come with few points (a click) or many (a box): training must see both.
COUNTS = (48, 96, 192)
NEGATIVES = 48


def prompt_loss(
    model: XDecoder,
    memory: Memory,
    positive: Tensor,
    negative: Tensor,
    has_negative: Tensor,
    features: Tensor,
    inside: Tensor,
) -> dict[str, Tensor]:
    """One prompt a picture.

    positive (B, P, 2), negative (B, M, 2) as (y, x) in 0..1; has_negative (B,) bool; features (B, C, N) mask features
    at sampled points; inside (B, N) bool, whether each belongs to the prompted region.
    """
    decoder = model.decoder
    count = COUNTS[int(torch.randint(len(COUNTS), ()))]
    yes, no = (p.flip(2) * 2 - 1 for p in (positive[:, :count], negative[:, :NEGATIVES]))
    size = memory.mask_features.shape[-2:]
    prompts = []
    for level, (source, embed) in enumerate(zip(memory.sources, decoder.mask_sptial_embed, strict=True)):
        factor = 2 ** (3 - level)
        grid = source.transpose(1, 2).unflatten(2, (size[0] // factor, size[1] // factor)).float()
        tokens = [sample(grid, p).to(source.dtype) @ embed for p in (yes, no)]
        prompts.append(torch.cat([t + sign for t, sign in zip(tokens, decoder.pn_indicator.weight, strict=True)], 1))
    plan = plans.prompted(decoder, None, prompts)
    assert plan.self_bias is not None
    bias = plan.self_bias.expand(len(inside), 1, -1, -1).clone()
    # Where nothing was marked as wrong, the tokens in that place stand for nothing: no other row sees them.
    real = bias.shape[-1] - no.shape[1]
    bias[~has_negative, :, :real, real:] = BLOCKED
    heads = decoder(memory, replace(plan, self_bias=bias))[0]
    pooled = sample(memory.mask_features.float(), yes).mean(1)
    pick_total = mask_total = features.new_zeros(())
    batch = torch.arange(len(inside))
    for head in heads:
        embeddings = head.mask_embeddings.float()
        logits, scores = embeddings @ features, torch.einsum("bqc,bc->bq", embeddings, pooled)
        with torch.no_grad():
            costs = [pairwise_mask_cost(logits[b], inside[b : b + 1])[:, 0] for b in range(len(inside))]
            best = (torch.stack(costs) - CLASS_WEIGHT * (SCORE_SCALE * scores).softmax(1)).argmin(1)
        pick_total = pick_total + F.cross_entropy(SCORE_SCALE * scores, best)
        mask_total = mask_total + mask_loss(logits[batch, best], inside)
    return {"prompt": pick_total, "prompt mask": mask_total / len(inside)}
