"""DaViT: attention over windows, then over channels (Ding et al., ECCV 2022; spec section 3).

Tokens are (B, H, W, C) between the blocks. The maps it gives are not normalised.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from ..config import BackboneConfig
from .focalnet import channels_first, channels_last

WINDOW = 7


class PatchEmbed(nn.Module):
    """Strided convolution at a stage's start; LayerNorm before it (later stages) or after it (the first)."""

    def __init__(self, source: int, target: int, kernel: int, stride: int, padding: int, *, norm_first: bool) -> None:
        super().__init__()
        self.proj = nn.Conv2d(source, target, kernel, stride, padding)
        self.norm = nn.LayerNorm(source if norm_first else target)
        self.norm_first = norm_first

    def forward(self, x: Tensor) -> Tensor:
        """(B, H, W, source) -> (B, H / stride, W / stride, target)."""
        if self.norm_first:
            return channels_last(self.proj(channels_first(self.norm(x))))
        return self.norm(channels_last(self.proj(channels_first(x))))


class Depthwise(nn.Module):
    """x + depthwise 3x3 of x: the position signal."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.fn = nn.ModuleDict({"dw": nn.Conv2d(dim, dim, 3, padding=1, groups=dim)})

    def forward(self, x: Tensor) -> Tensor:
        return x + channels_last(self.fn["dw"](channels_first(x)))


class PreNorm(nn.Module):
    """x + fn(norm(x))."""

    def __init__(self, dim: int, fn: nn.Module) -> None:
        super().__init__()
        self.norm, self.fn = nn.LayerNorm(dim), fn

    def forward(self, x: Tensor) -> Tensor:
        return x + self.fn(self.norm(x))


class WindowAttention(nn.Module):
    """Multi-head attention inside 7x7 windows, zero-padded at the right and bottom; the padding takes part."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        _, height, width, dim = x.shape
        x = F.pad(x, (0, 0, 0, -width % WINDOW, 0, -height % WINDOW))
        rows, columns = x.shape[1] // WINDOW, x.shape[2] // WINDOW
        # (B, rows, 7, columns, 7, C) -> (B * rows * columns, 49, C)
        windows = x.unflatten(2, (columns, WINDOW)).unflatten(1, (rows, WINDOW)).transpose(2, 3)
        tokens = windows.flatten(3, 4).flatten(0, 2)
        q, k, v = self.qkv(tokens).unflatten(2, (3, self.heads, dim // self.heads)).permute(2, 0, 3, 1, 4)
        y = self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))
        y = y.view(-1, rows, columns, WINDOW, WINDOW, dim).transpose(2, 3).flatten(3, 4).flatten(1, 2)
        return y[:, :height, :width]


class ChannelAttention(nn.Module):
    """Channels attend each other within groups; the scale is the number of tokens ^ -0.5."""

    def __init__(self, dim: int, groups: int) -> None:
        super().__init__()
        self.groups = groups
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        height, width, dim = x.shape[1:]
        tokens = x.flatten(1, 2)
        # (B, groups, C / groups, N): the channels are the rows here.
        q, k, v = self.qkv(tokens).unflatten(2, (3, self.groups, dim // self.groups)).permute(2, 0, 3, 4, 1)
        weights = ((q * tokens.shape[1] ** -0.5) @ k.transpose(2, 3)).softmax(-1)
        y = (weights @ v).flatten(1, 2).transpose(1, 2)
        return self.proj(y).unflatten(1, (height, width))


class MLP(nn.Module):
    def __init__(self, dim: int, ratio: int = 4) -> None:
        super().__init__()
        self.net = nn.ModuleDict({"fc1": nn.Linear(dim, ratio * dim), "fc2": nn.Linear(ratio * dim, dim)})

    def forward(self, x: Tensor) -> Tensor:
        return self.net["fc2"](F.gelu(self.net["fc1"](x)))


class SpatialBlock(nn.Module):
    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = Depthwise(dim), Depthwise(dim)
        self.window_attn = PreNorm(dim, WindowAttention(dim, heads))
        self.ffn = PreNorm(dim, MLP(dim))

    def forward(self, x: Tensor) -> Tensor:
        return self.ffn(self.conv2(self.window_attn(self.conv1(x))))


class ChannelBlock(nn.Module):
    def __init__(self, dim: int, groups: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = Depthwise(dim), Depthwise(dim)
        self.channel_attn = PreNorm(dim, ChannelAttention(dim, groups))
        self.ffn = PreNorm(dim, MLP(dim))

    def forward(self, x: Tensor) -> Tensor:
        return self.ffn(self.conv2(self.channel_attn(self.conv1(x))))


class DualBlock(nn.Module):
    """One depth: a spatial block, then a channel block."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.spatial_block, self.channel_block = SpatialBlock(dim, heads), ChannelBlock(dim, heads)

    def forward(self, x: Tensor) -> Tensor:
        return self.channel_block(self.spatial_block(x))


class DaViT(nn.Module):
    """Normalised pixels (B, 3, H, W) -> four maps (B, C, H/s, W/s), s = 4, 8, 16, 32."""

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        sources, strides = (3, *config.dims[:3]), (4, 2, 2, 2)
        self.convs = nn.ModuleList(
            PatchEmbed(sources[i], config.dims[i], kernel, strides[i], padding, norm_first=norm_first)
            for i, (kernel, padding, norm_first) in enumerate(
                zip(config.patch_kernels, config.patch_paddings, config.patch_norm_first, strict=True)
            )
        )
        self.blocks = nn.ModuleList(
            nn.ModuleList(DualBlock(dim, heads) for _ in range(depth))
            for dim, heads, depth in zip(config.dims, config.heads, config.depths, strict=True)
        )

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        x, maps = channels_last(pixels), []
        for embed, blocks in zip(self.convs, self.blocks, strict=True):
            x = embed(x)
            for block in blocks:
                x = block(x)
            maps.append(channels_first(x))
        return maps[0], maps[1], maps[2], maps[3]
