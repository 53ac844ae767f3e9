"""EfficientNet-Lite0 with its batch norms folded into the convolutions: the light backbone of the default model.

Tan and Le, EfficientNet (ICML 2019), the Lite variant: no squeeze-and-excite, ReLU6 everywhere.
"""

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..config import BackboneConfig

# Repeats, kernel, stride, expansion, channels of each stage; the tapped ones close a stride.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
TAPPED = (1, 2, 4, 6)
STEM_CHANNELS = 32
BATCH_NORM_EPS = 1e-3


def channels(full: int, width: float) -> int:
    """Channels at a fraction of the full width, in steps of 4."""
    return full if width == 1 else max(4, int(full * width / 4 + 0.5) * 4)


class SameConv(nn.Conv2d):
    """Convolution with TensorFlow's SAME padding for even inputs: a stride-2 one pads more at the right and bottom."""

    def __init__(self, source: int, target: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(source, target, kernel, stride, groups=groups)
        total = kernel - stride if stride > 1 else kernel - 1
        self.same = (total // 2, total - total // 2) * 2

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(F.pad(x, self.same) if any(self.same) else x)


class InvertedResidual(nn.Module):
    def __init__(self, source: int, target: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = source * expansion
        self.expand = nn.Conv2d(source, inner, 1) if expansion > 1 else None
        self.depthwise = SameConv(inner, inner, kernel, stride, groups=inner)
        self.project = nn.Conv2d(inner, target, 1)
        self.residual = stride == 1 and source == target

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.residual else y


class EfficientNetLite0(nn.Module):
    """pixels (B, 3, H, W) -> maps of 24, 40, 112, 320 channels (times width) at strides 4, 8, 16, 32."""

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        given = tuple(channels(STAGES[i][-1], config.width) for i in TAPPED)
        if config.dims != given:
            raise ValueError(f"EfficientNet-Lite0 gives {given} channels, the config says {config.dims}")
        source = channels(STEM_CHANNELS, config.width)
        self.stem = SameConv(3, source, 3, 2)
        blocks, taps = [], []
        for number, (repeats, kernel, stride, expansion, full) in enumerate(STAGES):
            target = channels(full, config.width)
            for r in range(repeats):
                blocks.append(InvertedResidual(source, target, kernel, stride if r == 0 else 1, expansion))
                source = target
            if number in TAPPED:
                taps.append(len(blocks) - 1)
        self.blocks = nn.ModuleList(blocks)
        self.taps = tuple(taps)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        x = F.relu6(self.stem(x))
        maps = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in self.taps:
                maps.append(x)
        return tuple(maps)


def fold_batch_norms(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """State dict of the published EfficientNet-Lite0 (PyTorch port, `_conv_stem` names) -> this module's."""
    folded: dict[str, Tensor] = {}

    def put(name: str, conv: str, norm: str) -> None:
        gain = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + BATCH_NORM_EPS)
        folded[f"{name}.weight"] = state[f"{conv}.weight"] * gain[:, None, None, None]
        folded[f"{name}.bias"] = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * gain

    put("stem", "_conv_stem", "_bn0")
    count = 1 + max(int(key.split(".")[1]) for key in state if key.startswith("_blocks."))
    for i in range(count):
        source, target = f"_blocks.{i}", f"blocks.{i}"
        if f"{source}._expand_conv.weight" in state:
            put(f"{target}.expand", f"{source}._expand_conv", f"{source}._bn0")
        put(f"{target}.depthwise", f"{source}._depthwise_conv", f"{source}._bn1")
        put(f"{target}.project", f"{source}._project_conv", f"{source}._bn2")
    return folded
