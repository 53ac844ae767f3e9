"""The decoder as spec section 6 writes it, with no shortcut: torch's own attention with boolean masks, every row in one
pass, and full-size mask logits resized by torch in every layer. Slow, and what the model must equal at any size.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from xdecoder.model.attention import Attention
from xdecoder.model.decoder import Decoder

STRIDES = (32, 16, 8)


def sine(height: int, width: int, dim: int, dtype: torch.dtype) -> Tensor:
    """(h*w, dim): cumulative sums of ones, normalised to 2 pi; the y half first, sines and cosines interleaved."""
    ones = torch.ones(height, width, dtype=dtype)
    y, x = ones.cumsum(0), ones.cumsum(1)
    y, x = (a / (a[-1:, -1:] + 1e-6) * 2 * math.pi for a in (y, x))
    k = torch.arange(dim // 2)
    scale = 10000.0 ** (2 * (k // 2) / (dim // 2)).to(dtype)
    halves = [a[..., None] / scale for a in (y, x)]
    mixed = [torch.stack([h[..., 0::2].sin(), h[..., 1::2].cos()], -1).flatten(2) for h in halves]
    return torch.cat(mixed, -1).flatten(0, 1)


def _attend(attention: Attention, q: Tensor, k: Tensor, v: Tensor, blocked: Tensor | None) -> Tensor:
    mha = nn.MultiheadAttention(attention.dim, attention.heads, batch_first=True).to(q.dtype)
    mha.load_state_dict(attention.state_dict())
    return mha(q[None], k[None], v[None], attn_mask=blocked, need_weights=False)[0][0]


class OriginalPass:
    """Rows (R, d) of one pass. `blocked` (R + T, R + T) bool of self-attention; `guided`: rows with masks of their own;
    `free`: the row that is un-masked; `hidden[l]` bool: what the unguided rows may not see.
    """

    def __init__(self, decoder: Decoder, mask_features: Tensor, maps: list[Tensor]) -> None:
        self.decoder, self.mask_features, self.seem = decoder, mask_features, decoder.config.seem
        levels = [m[0].flatten(1).T for m in maps]
        self.sizes = [(m.shape[2], m.shape[3]) for m in maps]
        self.sources = [s + decoder.level_embed.weight[i] for i, s in enumerate(levels)]
        self.positions = [sine(*size, decoder.config.dim, mask_features.dtype) for size in self.sizes]

    def _head(self, x: Tensor, class_row: int | None) -> tuple[Tensor, Tensor]:
        """Normed states and full mask logits (R, H/4, W/4)."""
        h = self.decoder.decoder_norm(x)
        if class_row is not None:
            n = h / (h.norm(dim=-1, keepdim=True) + 1e-7)
            h = h.clone()
            h[class_row] = (n[:class_row] @ n[class_row]).softmax(0) @ h[:class_row]
        return h, torch.einsum("qc,chw->qhw", self.decoder.mask_embed(h), self.mask_features[0])

    def _blocked(self, masks: Tensor, level: int, guided: int, free: int | None, hidden: Tensor | None) -> Tensor:
        size = self.sizes[level]
        if self.seem:
            small = F.interpolate(masks[None], size, mode="bilinear", align_corners=False)[0]
        elif size[1] == 1:
            # torch's CPU kernel gives each row of a single column the first row's weights; a single row is right.
            lying = masks[None].transpose(2, 3).contiguous()
            small = F.interpolate(lying, size[::-1], mode="bicubic", antialias=True, align_corners=False)[0]
            small = small.transpose(1, 2)
        else:
            small = F.interpolate(masks[None], size, mode="bicubic", antialias=True, align_corners=False)[0]
        blocked = small.flatten(1).sigmoid() < 0.5
        if free is not None:
            blocked[free] = False
        blocked[blocked.all(1)] = False
        blocked[guided:] = False if hidden is None else hidden
        return blocked

    def run(
        self,
        content: Tensor,
        position: Tensor,
        blocked: Tensor,
        *,
        guided: int,
        class_row: int | None = None,
        free: int | None = None,
        tokens: Tensor | None = None,
        hidden: list[Tensor] | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Final normed states (R, d) and mask logits (R, H/4, W/4)."""
        decoder, x, rows = self.decoder, content, len(content)
        carried = tokens
        h, masks = self._head(x, class_row)
        for i in range(decoder.config.layers):
            level = i % 3
            source, place = self.sources[level], self.positions[level]
            limit = self._blocked(masks, level, guided, free, None if hidden is None else hidden[level])
            cross = decoder.transformer_cross_attention_layers[i]
            x = cross.norm(x + _attend(cross.multihead_attn, x + position, source + place, source, limit))
            state = x if carried is None else torch.cat([x, carried])
            where = position if tokens is None else torch.cat([position, tokens])
            own = decoder.transformer_self_attention_layers[i]
            state = own.norm(state + _attend(own.self_attn, state + where, state + where, state, blocked))
            state = decoder.transformer_ffn_layers[i](state)
            x, carried = state[:rows], state[rows:] if tokens is not None else None
            h, masks = self._head(x, class_row)
        return h, masks


def apart(queries: int) -> Tensor:
    """(Q, Q) bool: object queries and the image query do not see each other."""
    blocked = torch.zeros(queries, queries, dtype=torch.bool)
    blocked[-1, :-1] = blocked[:-1, -1] = True
    return blocked
