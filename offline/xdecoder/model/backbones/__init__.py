"""Image backbones: every one maps normalised pixels to four maps at strides 4, 8, 16, 32."""

from collections.abc import Callable

from torch import nn

from ..config import BackboneConfig, BackboneKind
from .efficientnet_lite import EfficientNetLite0


def _focal(config: BackboneConfig) -> nn.Module:
    from .focalnet import FocalNet

    return FocalNet(config)


def _davit(config: BackboneConfig) -> nn.Module:
    from .davit import DaViT

    return DaViT(config)


BUILDERS: dict[BackboneKind, Callable[[BackboneConfig], nn.Module]] = {
    "focal_dw": _focal,
    "focal": _focal,
    "davit": _davit,
    "efficientnet_lite": EfficientNetLite0,
}


def build_backbone(config: BackboneConfig) -> nn.Module:
    return BUILDERS[config.kind](config)
