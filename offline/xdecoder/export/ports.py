"""The tensors at the graphs' borders: names, types and dynamic axes, once for every role (docs/pack.md)."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..model.config import XDecoderConfig
from ..model.decoder import Memory
from ..model.words import KeyValue

LEVELS = 3


@dataclass(frozen=True)
class Port:
    """A named tensor; `axes` names its dynamic axes."""

    name: str
    axes: dict[int, str] = field(default_factory=dict)
    dtype: torch.dtype = torch.float32


PIXELS = Port("pixels", {2: "height", 3: "width"})
MASK_FEATURES = Port("mask_features", {2: "h_mask", 3: "w_mask"})
MASKS = Port("masks", {2: "h_mask", 3: "w_mask"})
EMBEDDINGS = Port("embeddings")
MASK_EMBEDDINGS = Port("mask_embeddings")
IMAGE_EMBEDDING = Port("image_embedding")
IMAGE_QUERY = Port("image_query")
LOGITS = Port("logits")
TOKENS = Port("tokens", {1: "tokens"})
INPUT_IDS = Port("input_ids", {0: "texts", 1: "tokens"}, torch.int32)
ALL_TOKENS = Port("tokens", {0: "texts", 1: "tokens"})
INPUT_ID = Port("input_id", {0: "sentences"}, torch.int32)
POSITION = Port("position", dtype=torch.int32)
PARENTS = Port("parents", {0: "sentences"}, torch.int32)
NEXT_WORDS = Port("logits", {0: "sentences"})
EXPECTED = Port("expected_words")
POINTS = Port("points", {1: "points"})
SIGN = Port("sign", dtype=torch.int32)
POOLED = Port("pooled")


def geometry_ports() -> list[Port]:
    ports = []
    for level in range(LEVELS):
        ports += [
            Port(f"resize_y_{level}", {0: f"h{level}", 1: "h_mask"}),
            Port(f"resize_x_{level}", {0: f"w{level}", 1: "w_mask"}),
            Port(f"position_y_{level}", {0: f"h{level}"}),
            Port(f"position_x_{level}", {0: f"w{level}"}),
        ]
    return ports


def key_value_ports(config: XDecoderConfig) -> list[Port]:
    """Keys are stored transposed, (1, n, d/n, h_l*w_l): the layout that the product with queries reads."""
    ports = []
    for i in range(config.layers):
        ports += [Port(f"key_{i}", {3: f"n{i % LEVELS}"}), Port(f"value_{i}", {2: f"n{i % LEVELS}"})]
    return ports


def memory_ports(config: XDecoderConfig) -> list[Port]:
    """What `image` gives and the passes of the decoder take, in this order."""
    levels = [Port(f"level_features_{i}", {2: f"n{i}"}) for i in range(LEVELS)]
    return [MASK_FEATURES, *levels, *key_value_ports(config)]


def source_ports() -> list[Port]:
    """Maps that visual prompts are sampled from (SEEM)."""
    return [Port(f"source_{i}", {2: f"h{i}", 3: f"w{i}"}) for i in range(LEVELS)]


def prompt_ports() -> list[Port]:
    return [Port(f"prompt_tokens_{i}", {1: "points"}) for i in range(LEVELS)]


def bias_ports() -> list[Port]:
    return [Port(f"bias_{i}", {3: f"n{i}"}) for i in range(LEVELS)]


def cache_ports(prefix: str, count: int, axis: str | None, suffix: str = "", rows: str | None = None) -> list[Port]:
    """Keys and values of `count` layers, (rows, heads, axis, width / heads); rows and axis are dynamic where named."""
    axes = ({0: rows} if rows else {}) | ({2: axis} if axis else {})
    return [Port(f"{prefix}_{kind}_{i}{suffix}", axes) for i in range(count) for kind in ("key", "value")]


def pairs(tensors: tuple[Tensor, ...] | list[Tensor]) -> list[KeyValue]:
    return list(zip(tensors[0::2], tensors[1::2], strict=True))


def flat(caches: list[KeyValue]) -> list[Tensor]:
    return [tensor for pair in caches for tensor in pair]


def pack_memory(memory: Memory) -> list[Tensor]:
    keys = [k.transpose(2, 3) for k in memory.keys]
    return [memory.mask_features, *memory.level_features, *flat(list(zip(keys, memory.values, strict=True)))]


def unpack_memory(tensors: tuple[Tensor, ...] | list[Tensor]) -> Memory:
    keys_values = pairs(tensors[1 + LEVELS :])
    return Memory(
        tensors[0],
        list(tensors[1 : 1 + LEVELS]),
        [k.transpose(2, 3) for k, _ in keys_values],
        [v for _, v in keys_values],
    )
