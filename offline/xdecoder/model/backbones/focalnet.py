"""FocalNet: focal modulation instead of attention (Yang et al., NeurIPS 2022; spec section 3).

Two kinds: `focal_dw` (Focal-T) has depthwise convolutions in the block and its LayerNorm after the residual sum;
`focal` (Focal-L) has neither, its LayerNorm sits inside the branch. Maps are kept channels last between the layers.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..config import BackboneConfig


def channels_first(x: Tensor) -> Tensor:
    return x.permute(0, 3, 1, 2)


def channels_last(x: Tensor) -> Tensor:
    return x.permute(0, 2, 3, 1)


class ConvEmbed(nn.Module):
    """Strided convolution, then LayerNorm over channels: the stem and the downsampling between stages."""

    def __init__(self, source: int, target: int, kernel: int, stride: int, padding: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(source, target, kernel, stride, padding)
        self.norm = nn.LayerNorm(target)

    def forward(self, x: Tensor) -> Tensor:
        """(B, source, H, W) -> (B, H / stride, W / stride, target)."""
        return self.norm(channels_last(self.proj(x)))


class FocalModulation(nn.Module):
    """Context gathered over growing windows, gated per pixel, modulates the query."""

    def __init__(self, dim: int, levels: int, window: int) -> None:
        super().__init__()
        self.dim, self.levels = dim, levels
        self.f = nn.Linear(dim, 2 * dim + levels + 1)
        self.h = nn.Conv2d(dim, dim, 1)
        self.proj = nn.Linear(dim, dim)
        kernels = [window + 2 * level for level in range(levels)]
        self.focal_layers = nn.ModuleList(
            nn.Sequential(nn.Conv2d(dim, dim, k, padding=k // 2, groups=dim, bias=False), nn.GELU()) for k in kernels
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, H, W, C) -> (B, H, W, C)."""
        query, context, gates = self.f(x).split([self.dim, self.dim, self.levels + 1], -1)
        context, gates = channels_first(context), channels_first(gates)
        total = torch.zeros((), dtype=x.dtype, device=x.device)
        for level, layer in enumerate(self.focal_layers):
            context = layer(context)
            total = total + context * gates[:, level : level + 1]
        whole = F.gelu(context.mean((2, 3), keepdim=True))
        total = (total + whole * gates[:, self.levels :]) / (self.levels + 1)
        return self.proj(query * channels_last(self.h(total)))


class MLP(nn.Module):
    def __init__(self, dim: int, ratio: int = 4) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(dim, ratio * dim), nn.Linear(ratio * dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(F.gelu(self.fc1(x)))


class FocalBlock(nn.Module):
    """Modulation and MLP, each a scaled residual branch; (B, H, W, C) -> (B, H, W, C)."""

    def __init__(self, dim: int, config: BackboneConfig) -> None:
        super().__init__()
        self.depthwise = config.kind == "focal_dw"
        if self.depthwise:
            self.dw1 = nn.Conv2d(dim, dim, 3, padding=1, groups=dim)
            self.dw2 = nn.Conv2d(dim, dim, 3, padding=1, groups=dim)
        self.modulation = FocalModulation(dim, config.focal_levels, config.focal_window)
        self.mlp = MLP(dim)
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        # The published models start layer scale at 1e-4.
        self.gamma_1 = nn.Parameter(torch.full((dim,), 1e-4))
        self.gamma_2 = nn.Parameter(torch.full((dim,), 1e-4))

    def forward(self, x: Tensor) -> Tensor:
        if not self.depthwise:
            x = x + self.gamma_1 * self.norm1(self.modulation(x))
            return x + self.gamma_2 * self.norm2(self.mlp(x))
        x = x + channels_last(self.dw1(channels_first(x)))
        x = self.norm1(x + self.gamma_1 * self.modulation(x))
        x = x + channels_last(self.dw2(channels_first(x)))
        return self.norm2(x + self.gamma_2 * self.mlp(x))


class FocalStage(nn.Module):
    """Blocks of one stride and the downsampling that leads to the next (None in the last stage)."""

    def __init__(self, dim: int, depth: int, following: int | None, config: BackboneConfig) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(FocalBlock(dim, config) for _ in range(depth))
        self.downsample = None if following is None else ConvEmbed(dim, following, 3, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return x


class FocalNet(nn.Module):
    """Normalised pixels (B, 3, H, W), sides multiples of 32 -> four maps (B, C, H/s, W/s), s = 4, 8, 16, 32."""

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        dims = config.dims
        # Two published paddings of the 7x7 stem: 3 with depthwise blocks, 2 without.
        self.patch_embed = ConvEmbed(3, dims[0], 7, 4, 3 if config.kind == "focal_dw" else 2)
        following = [*dims[1:], None]
        self.layers = nn.ModuleList(
            FocalStage(d, n, f, config) for d, n, f in zip(dims, config.depths, following, strict=True)
        )
        for i, dim in enumerate(dims):
            setattr(self, f"norm{i}", nn.LayerNorm(dim))

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        x = self.patch_embed(pixels)
        maps = []
        for i, stage in enumerate(self.layers):
            x = stage(x)
            # The norm belongs to the output alone; the next stage starts from the raw map.
            maps.append(channels_first(getattr(self, f"norm{i}")(x)))
            if stage.downsample is not None:
                x = stage.downsample(channels_first(x))
        return maps[0], maps[1], maps[2], maps[3]
