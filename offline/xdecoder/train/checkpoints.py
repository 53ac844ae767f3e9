"""Training checkpoints: one file, replaced whole, so that an interruption never leaves a half-written one."""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..model.config import DEFAULT, FOCAL_L, FOCAL_T, TINY, XDecoderConfig
from ..model.xdecoder import XDecoder

CONFIGS: dict[str, XDecoderConfig] = {c.name: c for c in (DEFAULT, TINY, FOCAL_T, FOCAL_L)}


@dataclass
class Checkpoint:
    """`model` holds the averaged weights, which are the ones to evaluate and export; `raw` those being trained."""

    config: str
    model: dict[str, torch.Tensor]
    raw: dict[str, torch.Tensor] = field(default_factory=dict)
    optimizer: dict[str, Any] = field(default_factory=dict)
    photos: int = 0
    seconds: float = 0.0

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        torch.save(self.__dict__, part)
        os.replace(part, path)

    @staticmethod
    def load(path: Path) -> "Checkpoint":
        return Checkpoint(**torch.load(path, map_location="cpu", weights_only=True))


def load_model(path: Path) -> XDecoder:
    """The averaged model of a training checkpoint, in eval mode."""
    checkpoint = Checkpoint.load(path)
    if checkpoint.config not in CONFIGS:
        raise ValueError(f"{path}: unknown model configuration '{checkpoint.config}'; known: {', '.join(CONFIGS)}")
    config = CONFIGS[checkpoint.config]
    # Older trainings had no weights for visual prompts; the last two are fitted to what a training has made.
    config = replace(
        config,
        prompts=config.prompts and "decoder.pn_indicator.weight" in checkpoint.model,
        image_embed=config.image_embed and "decoder.image_embed" in checkpoint.model,
        consensus=config.consensus and "consensus.rarity" in checkpoint.model,
    )
    model = XDecoder(config)
    model.load_state_dict(checkpoint.model)
    return model.eval()


class Average:
    """Exponential moving average of the weights (EMA); the decay warms up so that early steps do not linger."""

    def __init__(self, model: nn.Module, decay: float = 0.995) -> None:
        self.decay = decay
        self.steps = 0
        self.weights = {k: v.detach().clone() for k, v in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for k, v in model.state_dict().items():
            self.weights[k].lerp_(v.detach(), 1 - decay)
