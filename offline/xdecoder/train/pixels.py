"""Photos as the model takes them."""

import numpy as np
import torch
from torch import Tensor

from ..model.config import PreprocessConfig


class Pixels:
    """(B, H, W, 3) uint8 -> normalised (B, 3, H, W)."""

    def __init__(self, config: PreprocessConfig) -> None:
        self.mean, self.std = torch.tensor(config.mean), torch.tensor(config.std)

    def __call__(self, images: np.ndarray) -> Tensor:
        return ((torch.from_numpy(images).to(self.mean.device).float() - self.mean) / self.std).permute(0, 3, 1, 2)
