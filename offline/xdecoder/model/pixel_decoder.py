"""FPN with a transformer on the coarsest map (spec section 4)."""

import torch.nn.functional as F
from torch import Tensor, nn

from .attention import Attention
from .config import XDecoderConfig
from .geometry import Geometry, join_axes


class EncoderLayer(nn.Module):
    """Post-norm transformer layer over stride-32 tokens; positions are added to queries and keys only."""

    def __init__(self, dim: int, heads: int, ffn: int) -> None:
        super().__init__()
        self.self_attn = Attention(dim, heads)
        self.linear1 = nn.Linear(dim, ffn)
        self.linear2 = nn.Linear(ffn, dim)
        self.norm1 = nn.LayerNorm(dim)
        self.norm2 = nn.LayerNorm(dim)

    def forward(self, x: Tensor, position: Tensor) -> Tensor:
        q = x + position
        x = self.norm1(x + self.self_attn(q, q, x))
        return self.norm2(x + self.linear2(F.relu(self.linear1(x))))


class ConvNorm(nn.Module):
    """Convolution without bias, then GroupNorm of 32 groups; parameter names are the official `weight`, `norm.*`.

    A separable one is a depthwise k x k followed by a pointwise convolution.
    """

    def __init__(self, source: int, target: int, kernel: int, *, separable: bool = False) -> None:
        super().__init__()
        self.padding = kernel // 2
        self.depthwise = (
            nn.Conv2d(source, source, kernel, padding=kernel // 2, groups=source, bias=False)
            if separable and kernel > 1
            else None
        )
        inner = 1 if self.depthwise is not None else kernel
        self.weight = nn.Parameter(nn.Conv2d(source, target, inner, bias=False).weight.data)
        self.norm = nn.GroupNorm(32, target)

    def forward(self, x: Tensor) -> Tensor:
        if self.depthwise is not None:
            return self.norm(F.conv2d(self.depthwise(x), self.weight))
        return self.norm(F.conv2d(x, self.weight, padding=self.padding))


class MaskFeatures(nn.Module):
    """Last convolution: conv_dim -> mask_dim with bias, no norm, no activation; separable on demand."""

    def __init__(self, source: int, target: int, *, separable: bool) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(source, source, 3, padding=1, groups=source, bias=False) if separable else None
        self.padding = 0 if separable else 1
        conv = nn.Conv2d(source, target, 1 if separable else 3)
        self.weight, self.bias = conv.weight, conv.bias

    def forward(self, x: Tensor) -> Tensor:
        if self.depthwise is not None:
            x = self.depthwise(x)
        return F.conv2d(x, self.weight, self.bias, padding=self.padding)


class PixelDecoder(nn.Module):
    """Backbone maps -> (mask features at stride 4, three maps at strides 32, 16, 8)."""

    def __init__(self, config: XDecoderConfig) -> None:
        super().__init__()
        dim, dims = config.conv_dim, config.backbone.dims
        self.input_proj = nn.Conv2d(dims[3], dim, 1)
        self.layers = nn.ModuleList(
            EncoderLayer(dim, config.pixel_heads, config.pixel_ffn) for _ in range(config.pixel_layers)
        )
        for i in (1, 2, 3):
            setattr(self, f"adapter_{i}", ConvNorm(dims[i - 1], dim, 1))
        for i in (1, 2, 3, 4):
            setattr(self, f"layer_{i}", ConvNorm(dim, dim, 3, separable=config.separable))
        self.mask_features = MaskFeatures(dim, config.mask_dim, separable=config.separable)
        self.dim = dim

    def encode(self, coarsest: Tensor, position: Tensor) -> Tensor:
        """(B, C5, h, w), (h*w, conv_dim) -> (B, conv_dim, h, w)."""
        t = self.input_proj(coarsest)
        tokens = t.flatten(2).transpose(1, 2)
        for layer in self.layers:
            tokens = layer(tokens, position)
        return tokens.transpose(1, 2).unflatten(2, t.shape[-2:])

    def forward(self, maps: tuple[Tensor, Tensor, Tensor, Tensor], geometry: Geometry) -> tuple[Tensor, list[Tensor]]:
        """`maps` = res2..res5. Returns mask features (B, mask_dim, H/4, W/4) and [1/32, 1/16, 1/8] maps."""
        half = self.dim // 2
        # The encoder's positions have conv_dim features, the decoder's dim: equal in the official models.
        position = join_axes(_axis(geometry.position_y[0], half), _axis(geometry.position_x[0], half))
        y = F.relu(self.layer_4(self.encode(maps[3], position)))
        levels = [y]
        for i in (3, 2, 1):
            up = F.interpolate(y, scale_factor=2.0, mode="nearest")
            y = F.relu(getattr(self, f"layer_{i}")(getattr(self, f"adapter_{i}")(maps[i - 1]) + up))
            levels.append(y)
        return self.mask_features(levels[3]), levels[:3]


def _axis(position: Tensor, features: int) -> Tensor:
    """The axis embedding cut to `features`: the leading (fastest) sine-cosine pairs are kept."""
    return position if position.shape[1] == features else position[:, :features]
