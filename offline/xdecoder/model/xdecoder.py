"""X-Decoder: backbone, pixel decoder, text encoder and decoder under one roof."""

import torch
from torch import Tensor, nn

from . import plans
from .backbones import build_backbone
from .config import XDecoderConfig
from .consensus import Consensus
from .decoder import Decoder, Head, Memory
from .geometry import Geometry, MaskResize
from .pixel_decoder import PixelDecoder
from .text_encoder import TextEncoder


class XDecoder(nn.Module):
    """One decoder for pixels and words; the combination of queries makes the task (CVPR 2023, section 3)."""

    def __init__(self, config: XDecoderConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = build_backbone(config.backbone)
        self.pixel_decoder = PixelDecoder(config)
        self.text_encoder = TextEncoder(config.text, config.dim)
        self.decoder = Decoder(config)
        self.logit_scale = nn.Parameter(torch.tensor(3.0))
        if config.captions:
            self.backbone_proj = nn.Parameter(
                torch.randn(config.backbone.dims[3], config.dim) * config.backbone.dims[3] ** -0.5
            )
        if config.consensus:
            self.consensus = Consensus(config.dim, config.text.vocabulary)

    @property
    def mask_resize(self) -> MaskResize:
        return "bilinear" if self.config.seem else "bicubic-antialias"

    def geometry(self, height: int, width: int) -> Geometry:
        return Geometry.of(height, width, self.config.dim, self.mask_resize)

    def encode(self, pixels: Tensor, geometry: Geometry | None = None) -> tuple[Memory, Tensor | None]:
        """Normalised padded pixels (B, 3, H, W) -> the decoder's memory and the pooled image embedding (B, d)."""
        geometry = geometry or self.geometry(*pixels.shape[-2:]).to(pixels.device)
        maps = self.backbone(pixels)
        mask_features, levels = self.pixel_decoder(maps, geometry)
        memory = self.decoder.remember(mask_features, levels, geometry)
        pooled = maps[3].mean((2, 3)) @ self.backbone_proj if self.config.captions else None
        return memory, pooled

    def base(self, memory: Memory) -> list[Head]:
        """All prediction heads of the base pass; the last is the result."""
        return self.decoder(memory, plans.base(self.decoder, len(memory.mask_features)))[0]

    def ground(self, memory: Memory, tokens: Tensor, token_bias: Tensor | None = None) -> list[Head]:
        """Heads over the grounding queries (Q - 1 rows) for one phrase (B, T, d) a picture."""
        return self.decoder(memory, plans.ground(self.decoder, tokens, token_bias))[0]
