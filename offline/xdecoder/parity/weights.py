"""Deterministic pseudo-random weights: a tensor's values depend on its official name and shape alone.

The rule: z = PCG64(crc32(name)) standard normals in float64, then scaled by what the tensor is (`_scaled`).
"""

import csv
import math
import zlib
from collections.abc import Iterator
from importlib.resources import files

import numpy as np
import torch
from torch import Tensor

from ..checkpoints import keys as _keys
from ..checkpoints.names import official_name
from ..model.config import XDecoderConfig
from ..model.xdecoder import XDecoder

TABLES = {
    "focalt": ("focalt",),
    "focall": ("focall",),
    "vqa": ("focalt", "vqa_extra"),
    "seem": ("focalt", "seem_extra"),
}
EMBEDDINGS = (
    "query_feat.weight",
    "query_embed.weight",
    "level_embed.weight",
    "pos_embed_caping.weight",
    "token_embedding.weight",
    "positional_embedding",
    "query_feat_caping.weight",
)
# Used as x @ W, so the fan-in is the first axis.
RIGHT_MATRICES = ("class_embed", "image_embed", "caping_embed", "lang_proj", "backbone_proj")
# The last linear of a residual branch is kept small.
BRANCH_ENDS = ("out_proj.weight", "linear2.weight", "c_proj.weight")


def _scaled(name: str, shape: tuple[int, ...], z: np.ndarray) -> np.ndarray:
    last = name.rsplit(".", 1)[-1]
    if last in ("gamma_1", "gamma_2"):
        return 0.5 + 0.05 * z
    if len(shape) == 1:
        return 1 + 0.1 * z if last == "weight" else 0.02 * z
    if name.endswith(EMBEDDINGS):
        return 0.5 * z
    fan_in = shape[0] if name.endswith(RIGHT_MATRICES) else math.prod(shape[1:])
    return z / math.sqrt(fan_in) * (0.3 if name.endswith(BRANCH_ENDS) else 1.0)


def value(name: str, shape: tuple[int, ...]) -> Tensor:
    """float32 tensor of an official name."""
    if name.endswith("logit_scale"):
        return torch.tensor(4.0)
    if name == "dilation_kernel":
        return torch.ones(shape)
    if name == "criterion.empty_weight":
        weight = torch.ones(shape)
        weight[-1] = 0.1
        return weight
    normals = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode("ascii"))))
    z = normals.standard_normal(math.prod(shape), dtype=np.float64).reshape(shape)
    return torch.from_numpy(_scaled(name, shape, z).astype(np.float32))


def rows(table: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names and shapes of the floating-point tensors in a key table."""
    with (files(_keys) / f"{table}.tsv").open(encoding="utf-8") as f:
        for row in csv.DictReader(f, delimiter="\t"):
            if row["dtype"] == "float32":
                shape = row["shape"]
                yield row["key"], () if shape == "scalar" else tuple(int(s) for s in shape.split(","))


def state_dict(variant: str) -> dict[str, Tensor]:
    """Official state dict of a variant in TABLES."""
    return {name: value(name, shape) for table in TABLES[variant] for name, shape in rows(table)}


def state_dict_of(config: XDecoderConfig) -> dict[str, Tensor]:
    """The same rule for any configuration, with official names."""
    with torch.device("meta"):
        shapes = {official_name(k): tuple(v.shape) for k, v in XDecoder(config).state_dict().items()}
    return {name: value(name, shape) for name, shape in shapes.items()}


def generated_model(config: XDecoderConfig) -> XDecoder:
    """A model of any configuration with generated weights, in eval mode."""
    with torch.device("meta"):
        model = XDecoder(config)
    names = list(model.state_dict().items())
    model.load_state_dict({k: value(official_name(k), tuple(v.shape)) for k, v in names}, assign=True)
    return model.eval().requires_grad_(False)
