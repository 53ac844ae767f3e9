"""Inputs for every role: what the exporter traces with and what the numeric check compares on."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..model import words
from ..model.decoder import BLOCKED, Memory
from ..model.xdecoder import XDecoder
from .graphs import roles_of
from .ports import flat, pack_memory
from .prompt_graphs import PromptGraph


@dataclass(frozen=True)
class Size:
    """A padded picture, text tokens, words read before, prompt points."""

    height: int
    width: int
    tokens: int
    past: int
    points: int


# Different in everything, so that what is constant in one and not in the other is caught; the last has nothing before
# the first word, no text tokens beside a prompt.
TRACED = Size(256, 320, 6, 3, 5)
CHECKED = (TRACED, Size(192, 128, 9, 1, 12), Size(128, 160, 5, 0, 3))


class Examples:
    """Inputs of every role at one size; each role gets what the roles before it really give."""

    def __init__(self, model: XDecoder, size: Size, seed: int = 7) -> None:
        self.model, self.size, self.config = model, size, model.config
        self.random = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            self.inputs = self._all()

    def _ids(self, rows: int, length: int) -> Tensor:
        text = self.config.text
        ids = torch.randint(0, text.start_token, (rows, length), generator=self.random, dtype=torch.int32)
        ids[:, 0], ids[:, -1] = text.start_token, text.end_token
        return ids

    def _all(self) -> dict[str, list[Tensor]]:
        size, model = self.size, self.model
        pixels = torch.rand(1, 3, size.height, size.width, generator=self.random) * 4 - 2
        g = model.geometry(size.height, size.width)
        geometry = [
            t
            for level in range(3)
            for t in (g.resize_y[level], g.resize_x[level], g.position_y[level], g.position_x[level])
        ]
        memory, pooled = model.encode(pixels, g)
        tensors = pack_memory(memory)
        ids = self._ids(3, size.tokens)
        phrase = model.text_encoder(ids[:1])
        inputs = {
            "image": [pixels, *geometry],
            "base": tensors,
            "ground": [*tensors, phrase],
            "text": [ids],
            "caption_prefill": [*tensors, pooled] if pooled is not None and model.config.consensus else tensors,
            "vqa": [*tensors, phrase],
        }
        if self.config.captions:
            inputs["caption_step"] = self._step(memory, tensors)
        if self.config.visual_prompts:
            inputs |= self._prompts(memory, tensors, phrase)
        return {role: inputs[role] for role in roles_of(self.config)}

    def _step(self, memory: Memory, tensors: list[Tensor]) -> list[Tensor]:
        """The state of two sentences after `past` words, three that go on, a limit on the coarsest and finest level."""
        model, past = self.model, self.size.past
        queries = words.prefill(model, memory).queries
        ids, cache = self._ids(3, past + 2), words.empty_cache(model, 2)
        for i in range(past):
            cache = words.step(model, memory, queries, ids[:2, i : i + 1], cache).cache
        bias = [torch.zeros(1, 1, 1, v.shape[2]) for v in memory.values[:3]]
        bias[0][..., ::3] = BLOCKED
        bias[2][..., ::2] = BLOCKED
        position, parents = torch.tensor([past], dtype=torch.int32), torch.tensor([1, 0, 1], dtype=torch.int32)
        keys_values = tensors[4:]
        word = ids[:, past : past + 1]
        return [word, position, parents, *flat(cache.text), *keys_values, *flat(queries), *flat(cache.words), *bias]

    def _prompts(self, memory: Memory, tensors: list[Tensor], phrase: Tensor) -> dict[str, list[Tensor]]:
        sizes = [(self.size.height // s, self.size.width // s) for s in (32, 16, 8)]
        sources = [s.transpose(1, 2).unflatten(2, size) for s, size in zip(memory.sources, sizes, strict=True)]
        points = torch.rand(1, self.size.points, 2, generator=self.random) * 2 - 1
        prompt = [memory.mask_features, *sources, points, torch.tensor([1], dtype=torch.int32)]
        tokens = PromptGraph(self.model)(*prompt)[1:]
        text = phrase if self.size.past else phrase[:, :0]
        return {"prompt": prompt, "prompted": [*tensors, text, *tokens]}
