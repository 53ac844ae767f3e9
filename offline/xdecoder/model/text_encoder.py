"""CLIP-shaped causal text encoder with the projection into the decoder's space (spec section 5)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .attention import Attention
from .config import TextConfig

NORM_EPS = 1e-7


def quick_gelu(x: Tensor) -> Tensor:
    return x * torch.sigmoid(1.702 * x)


def normalise(x: Tensor) -> Tensor:
    """x / (|x| + 1e-7) over the last axis, the official rule for every embedding."""
    return x / (x.norm(dim=-1, keepdim=True) + NORM_EPS)


class TextBlock(nn.Module):
    def __init__(self, width: int, heads: int, eps: float) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(width, eps=eps)
        self.attn = Attention(width, heads)
        self.ln_2 = nn.LayerNorm(width, eps=eps)
        self.mlp = nn.ModuleDict({"c_fc": nn.Linear(width, 4 * width), "c_proj": nn.Linear(4 * width, width)})

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        y = self.ln_1(x)
        x = x + self.attn(y, y, y, bias)
        return x + self.mlp["c_proj"](quick_gelu(self.mlp["c_fc"](self.ln_2(x))))

    def step(self, x: Tensor, cache: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """One more row (B, 1, width) on top of cached keys and values (B, heads, t, dh)."""
        y = self.ln_1(x)
        k = torch.cat([cache[0], self.attn.keys(y)], 2)
        v = torch.cat([cache[1], self.attn.values(y)], 2)
        x = x + self.attn.attend(self.attn.queries(y), k, v)
        return x + self.mlp["c_proj"](quick_gelu(self.mlp["c_fc"](self.ln_2(x)))), (k, v)


class TextEncoder(nn.Module):
    """Ids -> token embeddings in the decoder's space; always causal, so padding after the end never matters."""

    def __init__(self, config: TextConfig, dim: int) -> None:
        super().__init__()
        self.config = config
        self.token_embedding = nn.Embedding(config.vocabulary, config.width)
        self.positional_embedding = nn.Parameter(torch.randn(config.context, config.width) * 0.01)
        self.resblocks = nn.ModuleList(
            TextBlock(config.width, config.heads, config.norm_eps) for _ in range(config.layers)
        )
        self.ln_final = nn.LayerNorm(config.width, eps=config.norm_eps)
        self.lang_proj = nn.Parameter(torch.randn(config.width, dim) * config.width**-0.5)
        nn.init.normal_(self.token_embedding.weight, std=0.02)

    def forward(self, ids: Tensor) -> Tensor:
        """ids (N, T) -> token embeddings (N, T, dim), not normalised."""
        length = ids.shape[1]
        x = self.token_embedding(ids) + self.positional_embedding[:length]
        bias = torch.full((length, length), -1e9, device=x.device, dtype=x.dtype).triu(1)
        for block in self.resblocks:
            x = block(x, bias)
        return self.ln_final(x) @ self.lang_proj

    def step(
        self, ids: Tensor, position: Tensor, caches: list[tuple[Tensor, Tensor]]
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """ids (B, 1) at `position` (1,) -> token embedding (B, 1, dim) and the grown caches."""
        x = self.token_embedding(ids) + self.positional_embedding.index_select(0, position)
        grown = []
        for block, cache in zip(self.resblocks, caches, strict=True):
            x, cache = block.step(x, cache)
            grown.append(cache)
        return self.ln_final(x) @ self.lang_proj, grown

    def sentence(self, ids: Tensor, tokens: Tensor | None = None) -> Tensor:
        """Sentence embedding (N, dim), not normalised: the token embedding at the first end token."""
        tokens = self(ids) if tokens is None else tokens
        end = (ids == self.config.end_token).int().argmax(1)
        return tokens[torch.arange(len(ids), device=ids.device), end]


def similarity(embeddings: Tensor, text: Tensor, scale: Tensor | float) -> Tensor:
    """(B, Q, d) x (K, d) -> (B, Q, K) scaled cosine."""
    return scale * F.linear(normalise(embeddings), normalise(text))
