"""The self-check of a pack: a tiny input with the numbers that a right runtime gives for it."""

import base64
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..model.xdecoder import XDecoder
from ..parity.ties import Decisions
from ..runtime.probed import outputs
from ..runtime.text import TextCodec
from ..runtime.torch_runtime import TorchRuntime

SAMPLES = 24
TEXTS = ("the car on the left", "a dog", "background")
TOLERANCE = 5e-3
SHIFTS = (0, 3, 7, 12, 18)


def picture(side: int) -> np.ndarray:
    """(side, side, 3) uint8: gradients, a red box, a blue disc and a checkerboard; integer arithmetic only."""
    y, x = np.mgrid[:side, :side]
    image = np.stack([x * 255 // (side - 1), y * 255 // (side - 1), (x + y) * 255 // (2 * side - 2)], -1)
    image[side // 4 : side // 2, side // 8 : side // 2] = (200, 30, 40)
    image[(x - side * 13 // 20) ** 2 + (y - side * 3 // 5) ** 2 <= (side // 5) ** 2] = (20, 60, 220)
    corner = (x >= side * 3 // 4) & (y < side // 4)
    image[corner] = np.where(((x // 8 + y // 8) % 2 == 0)[corner][:, None], 255, 0)
    return image.astype(np.uint8)


def _surest(model: XDecoder, side: int, ids: Tensor) -> tuple[np.ndarray, dict[str, Tensor]]:
    """The picture, shifted so that the fewest attention masks hang on rounding, and its outputs."""
    tried = []
    for shift in SHIFTS:
        image = np.roll(picture(side), shift, 1)
        with Decisions(model) as decisions:
            found = outputs(TorchRuntime(model), image, ids)
        tried.append((len(decisions.close), image, found))
        if not decisions.close:
            break
    return min(tried, key=lambda t: t[0])[1:]


@torch.no_grad()
def make_probe(model: XDecoder, codec: TextCodec, side: int) -> dict[str, Any]:
    """Expected samples of the outputs of image, base, text and ground, from PyTorch."""
    ids = codec(list(TEXTS))
    image, found = _surest(model, side, ids)
    rng = np.random.default_rng(11)
    expect = []
    for name, tensor in found.items():
        flat = tensor.flatten().numpy()
        indices = np.sort(rng.choice(len(flat), min(SAMPLES, len(flat)), replace=False))
        values = [round(float(flat[i]), 6) for i in indices]
        expect.append({"output": name, "indices": indices.tolist(), "values": values})
    return {
        "width": side,
        "height": side,
        "pixels": base64.b64encode(image.tobytes()).decode(),
        "inputIds": ids.tolist(),
        "expect": expect,
        "tolerance": TOLERANCE,
    }
