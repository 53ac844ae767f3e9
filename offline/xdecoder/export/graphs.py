"""The roles a model is cut into, along the exact shortcuts of spec section 12 (docs/pack.md is the contract).

`ROLES` is the single source of names: the exporter, the numeric check and the manifest all read it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..model.config import XDecoderConfig
from ..model.xdecoder import XDecoder
from . import ports as p
from .picture_graphs import BaseGraph, Graph, GroundGraph, ImageGraph, QuestionGraph
from .ports import Port
from .prompt_graphs import PromptedGraph, PromptGraph
from .word_graphs import CaptionPrefillGraph, CaptionStepGraph, TextGraph

Ports = Callable[[XDecoderConfig], list[Port]]


def always(_: XDecoderConfig) -> bool:
    return True


@dataclass(frozen=True)
class Role:
    """`exists`: whether a configuration has the weights for it."""

    name: str
    build: Callable[[XDecoder], Graph]
    inputs: Ports
    outputs: Ports
    exists: Callable[[XDecoderConfig], bool] = always
    # Opset 20 has Gelu as one operator; GridSample runs on WebGPU only in its form of opset 16 to 19.
    opset: int = 20


def _step_inputs(c: XDecoderConfig) -> list[Port]:
    return [
        p.INPUT_ID,
        p.POSITION,
        p.PARENTS,
        *p.cache_ports("text", c.text.layers, "past", rows="kept"),
        *p.key_value_ports(c),
        *p.cache_ports("query", c.layers, None),
        *p.cache_ports("word", c.layers, "past", rows="kept"),
        *p.bias_ports(),
    ]


def _base_outputs(c: XDecoderConfig) -> list[Port]:
    return [p.MASKS, p.EMBEDDINGS, *([p.IMAGE_QUERY] if c.image_embed else [])]


def _step_outputs(c: XDecoderConfig) -> list[Port]:
    return [
        p.NEXT_WORDS,
        *p.cache_ports("text", c.text.layers, "present", "_next", rows="sentences"),
        *p.cache_ports("word", c.layers, "present", "_next", rows="sentences"),
    ]


_ALL = (
    Role(
        "image",
        ImageGraph,
        lambda c: [p.PIXELS, *p.geometry_ports()],
        lambda c: [
            *p.memory_ports(c),
            *([p.IMAGE_EMBEDDING] if c.captions else []),
            *(p.source_ports() if c.visual_prompts else []),
        ],
    ),
    Role("base", BaseGraph, p.memory_ports, _base_outputs),
    Role(
        "ground",
        GroundGraph,
        lambda c: [*p.memory_ports(c), p.TOKENS],
        lambda c: [p.MASKS, p.EMBEDDINGS],
        lambda c: not c.seem,
    ),
    Role("text", TextGraph, lambda c: [p.INPUT_IDS], lambda c: [p.ALL_TOKENS]),
    Role(
        "caption_prefill",
        CaptionPrefillGraph,
        lambda c: [*p.memory_ports(c), *([p.IMAGE_EMBEDDING] if c.consensus else [])],
        lambda c: [*p.cache_ports("query", c.layers, None), *([p.EXPECTED] if c.consensus else [])],
        lambda c: c.captions,
    ),
    Role("caption_step", CaptionStepGraph, _step_inputs, _step_outputs, lambda c: c.captions),
    Role(
        "vqa",
        QuestionGraph,
        lambda c: [*p.memory_ports(c), p.TOKENS],
        lambda c: [p.LOGITS],
        lambda c: c.answers > 0,
    ),
    Role(
        "prompt",
        PromptGraph,
        lambda c: [p.MASK_FEATURES, *p.source_ports(), p.POINTS, p.SIGN],
        lambda c: [p.POOLED, *p.prompt_ports()],
        lambda c: c.visual_prompts,
        opset=18,
    ),
    Role(
        "prompted",
        PromptedGraph,
        lambda c: [*p.memory_ports(c), p.TOKENS, *p.prompt_ports()],
        lambda c: [p.MASKS, p.EMBEDDINGS, p.MASK_EMBEDDINGS],
        lambda c: c.visual_prompts,
    ),
)
ROLES: dict[str, Role] = {role.name: role for role in _ALL}


def roles_of(config: XDecoderConfig) -> list[str]:
    return [name for name, role in ROLES.items() if role.exists(config)]
