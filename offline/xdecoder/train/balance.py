"""How much each task moves each part of the model.

All tasks share one AdamW, whose step sizes follow the largest gradients that a weight meets. Left as they are, the
masks' gradients in the backbone are far longer than those of captions in the decoder; one norm for the whole model, as
clipping gives, then leaves the decoder's share of masks below that of questions about a few hundred photos. So the
gradient of each part is brought to the length that a table gives, task by task.
"""

from collections.abc import Mapping

import torch
from torch import nn

# Task -> part of the model -> length of its gradient, "rest" for what is not named. Only ratios within a part matter.
SHARES: Mapping[str, Mapping[str, float]] = {
    "masks": {"text_encoder": 0.5, "rest": 1.0},
    "captions": {"pixel_decoder": 0.4, "decoder": 0.6, "text_encoder": 1.0, "rest": 1.0},
    "reward": {"pixel_decoder": 0.2, "decoder": 0.4, "text_encoder": 0.5, "rest": 1.0},
    "spoken": {"pixel_decoder": 0.2, "decoder": 0.4, "text_encoder": 0.5, "rest": 0.5},
    "retrieval": {"rest": 1.0},
    "questions": {"pixel_decoder": 0.2, "decoder": 0.3, "text_encoder": 0.3, "rest": 1.0},
}
MEMORY = 0.95
# A gradient may exceed the usual one of its task by this factor.
CLIP = 2.0


class Balance:
    """Scales gradients in place before an optimiser's step."""

    def __init__(self, model: nn.Module, shares: Mapping[str, Mapping[str, float]] = SHARES) -> None:
        self.shares = shares
        self.parts: dict[str, list[nn.Parameter]] = {}
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                self.parts.setdefault(name.split(".")[0], []).append(parameter)
        self.usual: dict[tuple[str, str], torch.Tensor] = {}

    @torch.no_grad()
    def __call__(self, task: str) -> None:
        """Brings each part's gradient to its share, measured by the usual length of this task's in this part."""
        share = self.shares[task]
        for part, parameters in self.parts.items():
            gradients = [p.grad for p in parameters if p.grad is not None]
            if not gradients:
                continue
            length = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))
            if length == 0:
                continue
            usual = self.usual.get((task, part), length).lerp(length, 1 - MEMORY)
            self.usual[task, part] = usual
            torch._foreach_mul_(gradients, share.get(part, share["rest"]) / torch.maximum(usual, length / CLIP))
