"""Recall of retrieval: how many of those that belong are among the first."""

import torch
from torch import Tensor


def recall(scores: Tensor, each: int) -> dict[str, float]:
    """R@1/5/10 in percent. scores (photos * each, photos): row i is a sentence of photo i // each."""
    count = scores.shape[1]
    owner = torch.arange(count).repeat_interleave(each)
    own = scores[torch.arange(len(scores)), owner]
    to_image = (scores > own[:, None]).sum(1)
    best = own.view(count, -1).amax(1)
    others = scores.masked_fill(owner[:, None] == torch.arange(count)[None], -9)
    to_text = (others > best[None]).sum(0)
    found = {}
    for name, ranks in (("text to image", to_image), ("image to text", to_text)):
        for k in (1, 5, 10):
            found[f"retrieval, {name} R@{k} %"] = 100 * float((ranks < k).float().mean())
    return found
