"""What tells one X-Decoder from another: official Focal-T, Focal-L, DaViT, VQA, SEEM and the small default model."""

from dataclasses import dataclass, field, replace
from typing import Literal

BackboneKind = Literal["focal_dw", "focal", "davit", "efficientnet_lite"]


@dataclass(frozen=True)
class BackboneConfig:
    """Image backbone; every kind gives four maps at strides 4, 8, 16, 32."""

    kind: BackboneKind
    dims: tuple[int, int, int, int]
    depths: tuple[int, ...] = (2, 2, 6, 2)
    focal_levels: int = 3
    focal_window: int = 3
    heads: tuple[int, ...] = ()
    patch_kernels: tuple[int, ...] = ()
    patch_paddings: tuple[int, ...] = ()
    patch_norm_first: tuple[bool, ...] = ()
    # EfficientNet-Lite: a fraction of the published channel counts.
    width: float = 1.0


@dataclass(frozen=True)
class TextConfig:
    """CLIP-style causal text encoder."""

    width: int = 512
    layers: int = 12
    heads: int = 8
    vocabulary: int = 49408
    context: int = 77
    start_token: int = 49406
    end_token: int = 49407
    norm_eps: float = 1e-12


@dataclass(frozen=True)
class PreprocessConfig:
    """Normalisation of 0..255 RGB, then zero padding at the right and bottom to a multiple."""

    mean: tuple[float, float, float] = (123.675, 116.28, 103.53)
    std: tuple[float, float, float] = (58.395, 57.12, 57.375)
    pad_multiple: int = 32


@dataclass(frozen=True)
class XDecoderConfig:
    """Sizes and rules of one X-Decoder. Defaults are the official Focal-T (spec sections 3 to 6)."""

    name: str
    backbone: BackboneConfig
    text: TextConfig = field(default_factory=TextConfig)
    preprocess: PreprocessConfig = field(default_factory=PreprocessConfig)
    dim: int = 512
    heads: int = 8
    ffn: int = 2048
    layers: int = 9
    queries: int = 101
    conv_dim: int = 512
    mask_dim: int = 512
    pixel_layers: int = 6
    pixel_heads: int = 8
    pixel_ffn: int = 2048
    # Depthwise + pointwise 3x3 convolutions in the pixel decoder: 8 times fewer products at stride 4.
    separable: bool = False
    # SEEM: visual prompts, no class-token recomputation, no isolation of the class query, bilinear mask resize.
    seem: bool = False
    # Weights for visual prompts beside captions, as the small default model has; SEEM always has them.
    prompts: bool = False
    # A matrix of the image query's own, for retrieval; the official models take its class embedding.
    image_embed: bool = False
    # Weights that say what people's captions of a picture are expected to be made of; the official models have none.
    consensus: bool = False
    # Answers of the VQA classifier, 0 = none.
    answers: int = 0

    @property
    def visual_prompts(self) -> bool:
        """Whether the decoder takes clicks, strokes and boxes."""
        return self.seem or self.prompts

    @property
    def captions(self) -> bool:
        """Whether caption and retrieval weights exist (SEEM has none)."""
        return not self.seem


FOCAL_T = XDecoderConfig("focalt", BackboneConfig("focal_dw", (96, 192, 384, 768), (2, 2, 6, 2), 3, 3))
FOCAL_L = XDecoderConfig(
    "focall", BackboneConfig("focal", (192, 384, 768, 1536), (2, 2, 18, 2), 4, 3), queries=201
)


def _davit(name: str, first: int, heads: int, kernel: int, padding: int) -> XDecoderConfig:
    backbone = BackboneConfig(
        "davit",
        (first, 2 * first, 4 * first, 8 * first),
        depths=(1, 1, 9, 1),
        heads=(heads, 2 * heads, 4 * heads, 8 * heads),
        patch_kernels=(7, kernel, kernel, kernel),
        patch_paddings=(3, padding, padding, padding),
        patch_norm_first=(False, True, True, True),
    )
    return XDecoderConfig(name, backbone, queries=201)


DAVIT_D3 = _davit("davitd3", 128, 4, 2, 0)
DAVIT_D5 = _davit("davitd5", 256, 8, 3, 1)
DEFAULT = XDecoderConfig(
    "default",
    BackboneConfig("efficientnet_lite", (24, 40, 112, 320)),
    text=TextConfig(width=256, layers=4, heads=4, vocabulary=6144, context=77, start_token=6142, end_token=6143),
    preprocess=PreprocessConfig(mean=(127.0, 127.0, 127.0), std=(128.0, 128.0, 128.0)),
    dim=256,
    heads=8,
    ffn=1024,
    layers=6,
    queries=65,
    conv_dim=192,
    mask_dim=128,
    pixel_layers=3,
    pixel_heads=6,
    pixel_ffn=768,
    separable=True,
    prompts=True,
    image_embed=True,
    consensus=True,
    answers=471,
)
# The default model's make at a size that a software GPU adapter can run: for tests.
TINY = XDecoderConfig(
    "tiny",
    BackboneConfig("efficientnet_lite", (4, 4, 8, 20), width=0.0625),
    text=TextConfig(width=32, layers=2, heads=2, vocabulary=640, context=77, start_token=638, end_token=639),
    preprocess=PreprocessConfig(mean=(127.0, 127.0, 127.0), std=(128.0, 128.0, 128.0)),
    dim=32,
    heads=2,
    ffn=64,
    layers=3,
    queries=9,
    conv_dim=32,
    mask_dim=32,
    pixel_layers=1,
    pixel_heads=2,
    pixel_ffn=64,
    separable=True,
    image_embed=True,
    consensus=True,
    answers=16,
)
TINY_SEEM = replace(TINY, name="tiny-seem", seem=True, image_embed=False, consensus=False, answers=0)
