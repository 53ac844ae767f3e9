"""One wrapper a role: the model cut along the exact shortcuts of spec section 12 (see docs/pack.md for the contract).

`ROLES` is the single source of tensor names: the exporter, the numeric check and the manifest all read it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..model import plans
from ..model.config import XDecoderConfig
from ..model.decoder import Memory
from ..model.geometry import Geometry
from ..model.xdecoder import XDecoder

Axes = dict[int, str]


@dataclass(frozen=True)
class Port:
    """A named tensor at a graph's border; `axes` names its dynamic axes."""

    name: str
    axes: Axes
    dtype: torch.dtype = torch.float32


def geometry_ports() -> list[Port]:
    ports = []
    for level in range(3):
        ports += [
            Port(f"resize_y_{level}", {0: f"h{level}", 1: "h_mask"}),
            Port(f"resize_x_{level}", {0: f"w{level}", 1: "w_mask"}),
            Port(f"position_y_{level}", {0: f"h{level}"}),
            Port(f"position_x_{level}", {0: f"w{level}"}),
        ]
    return ports


def memory_ports(config: XDecoderConfig) -> list[Port]:
    """What `image` gives and every other picture graph takes, in this order."""
    ports = [Port("mask_features", {2: "h_mask", 3: "w_mask"})]
    ports += [Port(f"level_features_{i}", {2: f"n{i}"}) for i in range(3)]
    for i in range(config.layers):
        ports += [Port(f"key_{i}", {2: f"n{i % 3}"}), Port(f"value_{i}", {2: f"n{i % 3}"})]
    return ports


def pack_memory(memory: Memory) -> list[Tensor]:
    out = [memory.mask_features, *memory.level_features]
    for k, v in zip(memory.keys, memory.values, strict=True):
        out += [k, v]
    return out


def unpack_memory(tensors: tuple[Tensor, ...] | list[Tensor]) -> Memory:
    return Memory(tensors[0], list(tensors[1:4]), list(tensors[4::2]), list(tensors[5::2]))


class ImageGraph(nn.Module):
    """pixels and geometry -> memory, image embedding."""

    def __init__(self, model: XDecoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, pixels: Tensor, *geometry: Tensor) -> tuple[Tensor, ...]:
        g = Geometry(0, 0, geometry[0::4], geometry[1::4], geometry[2::4], geometry[3::4])
        memory, pooled = self.model.encode(pixels, g)
        return (*pack_memory(memory), pooled) if pooled is not None else tuple(pack_memory(memory))


class BaseGraph(nn.Module):
    """memory -> mask logits and class embeddings of every latent query."""

    def __init__(self, model: XDecoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, *memory: Tensor) -> tuple[Tensor, ...]:
        head = self.model.base(unpack_memory(memory))[-1]
        return head.masks(memory[0]), head.embeddings


class GroundGraph(nn.Module):
    """memory and one phrase's tokens -> mask logits and class embeddings of the grounding queries."""

    def __init__(self, model: XDecoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        memory, tokens = unpack_memory(inputs[:-1]), inputs[-1]
        head = self.model.decoder(memory, plans.ground(self.model.decoder, tokens))[0][-1]
        return head.masks(memory.mask_features), head.embeddings


class TextGraph(nn.Module):
    """ids (N, T) -> projected token embeddings (N, T, d)."""

    def __init__(self, model: XDecoder) -> None:
        super().__init__()
        self.text_encoder = model.text_encoder

    def forward(self, input_ids: Tensor) -> tuple[Tensor, ...]:
        return (self.text_encoder(input_ids),)


@dataclass(frozen=True)
class Role:
    name: str
    build: Callable[[XDecoder], nn.Module]
    inputs: Callable[[XDecoderConfig], list[Port]]
    outputs: Callable[[XDecoderConfig], list[Port]]


MASKS = Port("masks", {2: "h_mask", 3: "w_mask"})
EMBEDDINGS = Port("embeddings", {})
PIXELS = Port("pixels", {2: "height", 3: "width"})
TOKENS = Port("tokens", {1: "tokens"})

ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role(
            "image",
            ImageGraph,
            lambda c: [PIXELS, *geometry_ports()],
            lambda c: [*memory_ports(c), *([Port("image_embedding", {})] if c.captions else [])],
        ),
        Role("base", BaseGraph, memory_ports, lambda c: [MASKS, EMBEDDINGS]),
        Role("ground", GroundGraph, lambda c: [*memory_ports(c), TOKENS], lambda c: [MASKS, EMBEDDINGS]),
        Role(
            "text",
            TextGraph,
            lambda c: [Port("input_ids", {0: "texts", 1: "tokens"}, torch.int32)],
            lambda c: [Port("tokens", {0: "texts", 1: "tokens"})],
        ),
    )
}


def example_inputs(model: XDecoder, height: int, width: int, tokens: int, seed: int = 7) -> dict[str, list[Tensor]]:
    """Inputs of every role for one picture size; `base` and `ground` get the memory that `image` really gives."""
    config = model.config
    random = torch.Generator().manual_seed(seed)
    pixels = torch.rand(1, 3, height, width, generator=random) * 4 - 2
    g = model.geometry(height, width)
    geometry = [
        t
        for level in range(3)
        for t in (g.resize_y[level], g.resize_x[level], g.position_y[level], g.position_x[level])
    ]
    ids = torch.randint(0, config.text.start_token, (3, tokens), generator=random, dtype=torch.int32)
    ids[:, 0], ids[:, -1] = config.text.start_token, config.text.end_token
    with torch.no_grad():
        memory = pack_memory(model.encode(pixels)[0])
        phrase = model.text_encoder(ids[:1])
    return {"image": [pixels, *geometry], "base": memory, "ground": [*memory, phrase], "text": [ids]}
