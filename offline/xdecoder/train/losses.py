"""Losses of the segmentation and grounding tasks, on every prediction head (X-Decoder section 3.3; Mask2Former)."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from ..model.decoder import Head
from ..model.text_encoder import normalise
from .points import mask_loss, pairwise_mask_cost

NO_OBJECT_WEIGHT = 0.1
CLASS_WEIGHT = 2.0


@dataclass
class Target:
    """Regions of one picture at its sampled points.

    inside (N, P) bool; classes (N,) rows of the text table; bias (K + 1,): what is added to the logits of names and
    background, -1e4 for names that this picture's labels could not have used (they are unknown, not absent).
    """

    inside: Tensor
    classes: Tensor
    bias: Tensor


def match(cost: Tensor) -> tuple[Tensor, Tensor]:
    """Hungarian matching of a (Q, N) cost -> query and region indices."""
    q, n = linear_sum_assignment(cost.detach().float().cpu().numpy())
    return torch.from_numpy(q).to(cost.device), torch.from_numpy(n).to(cost.device)


def segmentation_loss(
    heads: list[Head], features: Tensor, table: Tensor, scale: Tensor, targets: list[Target]
) -> dict[str, Tensor]:
    """heads: every prediction; features (B, C, P) at the points; table (K + 1, d) names and background, normalised."""
    regions = max(sum(len(t.classes) for t in targets), 1)
    class_total = mask_total = features.new_zeros(())
    for head in heads:
        logits = scale * normalise(head.embeddings.float()) @ table.T
        points = head.mask_embeddings.float() @ features
        for b, target in enumerate(targets):
            scores = logits[b] + target.bias
            background = scores.shape[1] - 1
            labels = torch.full((len(scores),), background)
            if len(target.classes):
                with torch.no_grad():
                    cost = pairwise_mask_cost(points[b], target.inside)
                    cost = cost - CLASS_WEIGHT * scores.softmax(1)[:, target.classes]
                q, n = match(cost)
                labels[q] = target.classes[n]
                mask_total = mask_total + mask_loss(points[b][q], target.inside[n])
            weight = torch.ones(scores.shape[1])
            weight[background] = NO_OBJECT_WEIGHT
            class_total = class_total + F.cross_entropy(scores, labels, weight=weight)
    return {"class": CLASS_WEIGHT * class_total / len(targets), "mask": mask_total / regions}


def semantic_loss(head: Head, features: Tensor, table: Tensor, scale: Tensor, targets: list[Target]) -> Tensor:
    """Cross-entropy of the semantic head's own sum, sum_q p(c|q) sigmoid(mask_q), at labelled points.

    It trains what inference adds up (spec section 8), and reaches every query, matched or not. Same shapes as
    `segmentation_loss`; of one head, usually the last.
    """
    logits = scale * normalise(head.embeddings.float()) @ table.T
    points = head.mask_embeddings.float() @ features
    total = features.new_zeros(())
    for b, target in enumerate(targets):
        labelled = target.inside.any(0)
        if not labelled.any():
            continue
        probability = (logits[b] + target.bias).softmax(1)[:, :-1]
        sums = probability.T @ points[b][:, labelled].sigmoid()
        truth = target.classes[target.inside[:, labelled].float().argmax(0)]
        right = sums.gather(0, truth[None])[0]
        total = total - (right.clamp(min=1e-6) / sums.sum(0).clamp(min=1e-6)).log().mean()
    return total / len(targets)


def grounding_loss(
    heads: list[Head], features: Tensor, phrases: Tensor, background: Tensor, scale: Tensor, inside: Tensor
) -> dict[str, Tensor]:
    """One phrase a picture. phrases (B, d) and background (d,) normalised; inside (B, P) bool, all False = nothing.

    The best query is drawn to the phrase and away from the others; every other query (all of them, where nothing in
    the picture answers the phrase) is drawn to the background, which makes the score honest.
    """
    pick_total = word_total = mask_total = features.new_zeros(())
    present = inside.any(1)
    for head in heads:
        e = normalise(head.embeddings.float())
        to_phrase = scale * torch.einsum("bqd,bd->bq", e, phrases)
        odds = to_phrase - scale * (e @ background)
        points = head.mask_embeddings.float() @ features
        best = torch.zeros_like(odds)
        for b in present.nonzero()[:, 0].tolist():
            with torch.no_grad():
                cost = pairwise_mask_cost(points[b], inside[b : b + 1])[:, 0] - CLASS_WEIGHT * to_phrase[b].softmax(0)
                q = int(cost.argmin())
            best[b, q] = 1
            pick_total = pick_total + F.cross_entropy(to_phrase[b : b + 1], torch.tensor([q]))
            mask_total = mask_total + mask_loss(points[b, q : q + 1], inside[b : b + 1])
        loss = F.binary_cross_entropy_with_logits(odds, best, reduction="none")
        weight = torch.where(best > 0, 1.0, NO_OBJECT_WEIGHT)
        word_total = word_total + ((loss * weight).sum(1) / weight.sum(1)).sum()
    count, batch = max(int(present.sum()), 1), len(inside)
    return {"pick": pick_total / count, "word": CLASS_WEIGHT * word_total / batch, "phrase mask": mask_total / count}
