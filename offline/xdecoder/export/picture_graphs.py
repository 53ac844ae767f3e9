"""Wrappers that read a picture or its memory: image, base, ground, vqa. Inputs and outputs are those of ports.py."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from ..model import plans
from ..model.geometry import Geometry
from ..model.xdecoder import XDecoder
from .ports import pack_memory, unpack_memory


class Graph(nn.Module):
    """A role of the model: tensors in, tensors out, in the order of its ports."""

    def __init__(self, model: XDecoder) -> None:
        super().__init__()
        self.model = model


class ImageGraph(Graph):
    """pixels and geometry -> memory, then the image embedding and the maps of visual prompts, where there are any."""

    def forward(self, pixels: Tensor, *geometry: Tensor) -> tuple[Tensor, ...]:
        g = Geometry(0, 0, geometry[0::4], geometry[1::4], geometry[2::4], geometry[3::4])
        memory, pooled = self.model.encode(pixels, g)
        outputs = pack_memory(memory) if pooled is None else [*pack_memory(memory), pooled]
        if self.model.config.visual_prompts:
            sizes = [(y.shape[0], x.shape[0]) for y, x in zip(g.resize_y, g.resize_x, strict=True)]
            outputs += [s.transpose(1, 2).unflatten(2, size) for s, size in zip(memory.sources, sizes, strict=True)]
        return tuple(outputs)


class BaseGraph(Graph):
    """memory -> mask logits and class embeddings of every latent query, then the image query's vector for retrieval,
    where the model has a matrix for it.
    """

    def forward(self, *memory: Tensor) -> tuple[Tensor, ...]:
        m = unpack_memory(memory)
        head = self.model.base(m)[-1]
        outputs = head.masks(m.mask_features), head.embeddings
        return outputs if head.image is None else (*outputs, head.image)


class GroundGraph(Graph):
    """memory and one phrase's tokens -> mask logits and class embeddings of the grounding queries."""

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        memory, tokens = unpack_memory(inputs[:-1]), inputs[-1]
        head = self.model.ground(memory, tokens)[-1]
        return head.masks(memory.mask_features), head.embeddings


class QuestionGraph(Graph):
    """memory and the question's tokens, start to end -> answer logits (1, A), read at the end token."""

    def __init__(self, model: XDecoder) -> None:
        super().__init__(model)
        config = model.config
        bias = plans.words_bias(config.queries, config.text.context, torch.device("cpu"))
        self.register_buffer("bias", bias, persistent=False)

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        memory, tokens = unpack_memory(inputs[:-1]), inputs[-1]
        decoder, rows = self.model.decoder, self.model.config.queries + tokens.shape[1]
        # The same rule, cut from a constant: filling it in place needs operators that browsers lack.
        plan = replace(plans.question(decoder, tokens), self_bias=self.bias[:rows, :rows])
        head = decoder(memory, plan)[0][-1]
        return (decoder.vqa_classifier(head.state[:, -1]),)
