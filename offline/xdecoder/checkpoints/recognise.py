"""The configuration that a set of official tensors belongs to, read from names and shapes, never from a file name."""

import re
from collections.abc import Mapping
from dataclasses import replace

from ..model.config import DAVIT_D3, DAVIT_D5, FOCAL_L, FOCAL_T, BackboneConfig, TextConfig, XDecoderConfig
from .errors import CheckpointError

Shapes = Mapping[str, tuple[int, ...]]

HEAD_WIDTH = 64
PREDICTOR = "sem_seg_head.predictor."
PIXEL = "sem_seg_head.pixel_decoder."
TEXT = f"{PREDICTOR}lang_encoder.lang_encoder."


def _shape(shapes: Shapes, key: str, axes: int) -> tuple[int, ...]:
    shape = shapes.get(key)
    if shape is None or len(shape) != axes:
        found = "missing" if shape is None else f"of shape {list(shape)}"
        raise CheckpointError(f"this is not an X-Decoder or SEEM checkpoint: '{key}' is {found}")
    return shape


def _count(shapes: Shapes, pattern: str) -> int:
    """1 + the highest index that stands where the pattern has its group, 0 if there is none."""
    found = (re.match(pattern, key) for key in shapes)
    return max((int(m.group(1)) + 1 for m in found if m), default=0)


def _focalnet(shapes: Shapes) -> BackboneConfig:
    dims = tuple(_shape(shapes, f"backbone.norm{i}.weight", 1)[0] for i in range(4))
    depths = tuple(_count(shapes, rf"backbone\.layers\.{i}\.blocks\.(\d+)\.") for i in range(4))
    modulation = r"backbone\.layers\.0\.blocks\.0\.modulation\.focal_layers\."
    levels = _count(shapes, modulation + r"(\d+)\.")
    window = _shape(shapes, modulation.replace("\\", "") + "0.0.weight", 4)[-1]
    kind = "focal_dw" if "backbone.layers.0.blocks.0.dw1.weight" in shapes else "focal"
    return BackboneConfig(kind, (dims[0], dims[1], dims[2], dims[3]), depths, levels, window)


def _davit(shapes: Shapes) -> BackboneConfig:
    first = _shape(shapes, "backbone.convs.0.proj.weight", 4)[0]
    for config in (DAVIT_D3, DAVIT_D5):
        if config.backbone.dims[0] == first:
            depths = tuple(_count(shapes, rf"backbone\.blocks\.{i}\.(\d+)\.") for i in range(4))
            return replace(config.backbone, depths=depths)
    raise CheckpointError(f"its DaViT backbone starts with {first} channels; d3 has 128 and d5 has 256")


def _backbone(shapes: Shapes) -> BackboneConfig:
    if "backbone.patch_embed.proj.weight" in shapes and "backbone.norm0.weight" in shapes:
        return _focalnet(shapes)
    if "backbone.convs.0.proj.weight" in shapes:
        return _davit(shapes)
    raise CheckpointError(
        "its image backbone is none of FocalNet and DaViT"
        if any(key.startswith("backbone.") for key in shapes)
        else "this is not an X-Decoder or SEEM checkpoint: it has no 'backbone.' tensors"
    )


def _text(shapes: Shapes) -> TextConfig:
    vocabulary, width = _shape(shapes, f"{TEXT}token_embedding.weight", 2)
    return TextConfig(
        width=width,
        layers=_count(shapes, re.escape(TEXT) + r"resblocks\.(\d+)\."),
        heads=max(1, width // HEAD_WIDTH),
        vocabulary=vocabulary,
        context=_shape(shapes, f"{TEXT}positional_embedding", 2)[0],
        start_token=vocabulary - 2,
        end_token=vocabulary - 1,
    )


def _name(config: XDecoderConfig) -> str:
    known = {c.backbone: c.name for c in (FOCAL_T, FOCAL_L, DAVIT_D3, DAVIT_D5)}
    base = known.get(config.backbone, f"{config.backbone.kind}{config.backbone.dims[0]}")
    return ("seem-" if config.seem else "") + base + ("-vqa" if config.answers else "")


def recognise(shapes: Shapes) -> XDecoderConfig:
    """Focal-T, Focal-L, DaViT; plain, with VQA, or SEEM. Attention heads are 64 wide in every published model."""
    backbone = _backbone(shapes)
    queries, dim = _shape(shapes, f"{PREDICTOR}query_feat.weight", 2)
    conv_dim = _shape(shapes, f"{PIXEL}input_proj.weight", 4)[0]
    encoder = f"{PIXEL}transformer.encoder.layers."
    answers = shapes.get(f"{PREDICTOR}vqa_classifier.3.weight", (0,))[0]
    config = XDecoderConfig(
        "unnamed",
        backbone,
        text=_text(shapes),
        dim=dim,
        heads=max(1, dim // HEAD_WIDTH),
        ffn=_shape(shapes, f"{PREDICTOR}transformer_ffn_layers.0.linear1.weight", 2)[0],
        layers=_count(shapes, re.escape(PREDICTOR) + r"transformer_ffn_layers\.(\d+)\."),
        queries=queries,
        conv_dim=conv_dim,
        mask_dim=_shape(shapes, f"{PIXEL}mask_features.weight", 4)[0],
        pixel_layers=_count(shapes, re.escape(encoder) + r"(\d+)\."),
        pixel_heads=max(1, conv_dim // HEAD_WIDTH),
        pixel_ffn=_shape(shapes, f"{encoder}0.linear1.weight", 2)[0],
        seem=f"{PREDICTOR}pn_indicator.weight" in shapes,
        answers=answers,
    )
    return replace(config, name=_name(config))
