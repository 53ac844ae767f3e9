"""Captions, greedy: one word at a time with everything kept, and the official form that recomputes all 77 rows."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ..model import plans
from ..model.decoder import BLOCKED
from ..model.xdecoder import XDecoder
from ..runtime import Features, Runtime, TextCodec

STEPS = 50
LEVEL_STRIDES = (32, 16, 8)


@dataclass
class Caption:
    """token_ids from the start token on; logits[s] (V,) and hidden[s] (d,) chose token_ids[s + 1]."""

    token_ids: list[int]
    logits: list[Tensor]
    hidden: list[Tensor | None]

    @property
    def score(self) -> float:
        """Mean log probability of the chosen words."""
        each = [row.log_softmax(-1)[i] for row, i in zip(self.logits, self.token_ids[1:], strict=True)]
        return float(torch.stack(each).mean()) if each else 0.0


def hidden_levels(hidden: Tensor, padded: tuple[int, int]) -> list[Tensor]:
    """Bool mask (h, w), True = hidden -> per level (1, h_l*w_l): nearest, from its own size straight to the level's."""
    levels = []
    for stride in LEVEL_STRIDES:
        size = (padded[0] // stride, padded[1] // stride)
        levels.append(F.interpolate(hidden[None, None].float(), size, mode="nearest")[0].flatten(1) > 0.5)
    return levels


def region_bias(hidden: Tensor, padded: tuple[int, int]) -> list[Tensor]:
    """Additive (1, 1, 1, h_l*w_l); a level that is hidden everywhere hides nothing."""
    rows = [level.float() for level in hidden_levels(hidden, padded)]
    return [(row * (1 - row.amin()) * BLOCKED)[:, None, None] for row in rows]


def greedy(
    runtime: Runtime,
    features: Features,
    *,
    hidden: Tensor | None = None,
    steps: int = STEPS,
    stop: bool = True,
) -> Caption:
    """The likeliest word at each step. `stop` ends at the end token: what follows it is never shown.

    hidden: bool (h, w), True where the caption may not look (region caption).
    """
    info = runtime.info
    bias = None if hidden is None else region_bias(hidden, features.padded)
    queries, cache = runtime.caption_prefill(features).queries, runtime.caption_start()
    caption = Caption([info.start_token], [], [])
    for _ in range(min(steps, info.context - 1)):
        word = runtime.caption_step(features, queries, caption.token_ids[-1:], [0], cache, bias)
        cache = word.cache
        caption.logits.append(word.logits[0])
        caption.hidden.append(None if word.hidden is None else word.hidden[0])
        caption.token_ids.append(int(word.logits[0].argmax()))
        if stop and caption.token_ids[-1] == info.end_token:
            break
    return caption


@torch.inference_mode()
def greedy_uncached(
    model: XDecoder, features: Features, *, hidden: Tensor | None = None, steps: int = STEPS
) -> Caption:
    """The official loop: a buffer of start tokens, every row of the text encoder and the decoder at every step."""
    text, decoder = model.config.text, model.decoder
    buffer = torch.full((1, text.context), text.start_token)
    levels = None if hidden is None else hidden_levels(hidden, features.padded)
    caption = Caption([text.start_token], [], [])
    for s in range(steps):
        plan = plans.caption(decoder, model.text_encoder(buffer), levels)
        rows = decoder(features.memory, plan)[0][-1].state[0, model.config.queries :]
        caption.hidden.append(rows[s] @ decoder.caping_embed)
        caption.logits.append(model.text_encoder.token_embedding.weight @ caption.hidden[-1])
        caption.token_ids.append(int(caption.logits[-1].argmax()))
        buffer[0, s + 1] = caption.token_ids[-1]
    return caption


def caption_text(codec: TextCodec, token_ids: list[int]) -> str:
    """What is shown: up to the end token, then up to the first full stop, a capital at its start."""
    text = " ".join(codec.decode(token_ids).split(".")[0].split())
    return text[:1].upper() + text[1:]
