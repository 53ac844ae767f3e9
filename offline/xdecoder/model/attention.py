"""Multi-head attention cut into the steps that caching needs: project queries, project memory, attend."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _plain_attention(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None) -> Tensor:
    """The same as torch's fused form, for training on a CPU: there the fused form's bfloat16 backward pass takes up to
    ten times as long as these products."""
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    return (scores if bias is None else scores + bias).softmax(-1) @ v


class Attention(nn.Module):
    """Multi-head attention with torch's parameter names, so official state dicts load as they are.

    Rows are batch first. Biases are additive, finite and broadcast to (B, heads, queries, keys).
    """

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.dim, self.heads = dim, heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * dim, dim))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * dim))
        self.out_proj = nn.Linear(dim, dim)
        nn.init.xavier_uniform_(self.in_proj_weight)
        nn.init.zeros_(self.out_proj.bias)

    def _project(self, x: Tensor, part: int) -> Tensor:
        """(B, R, dim) -> (B, heads, R, dim / heads) by the q (0), k (1) or v (2) third of the projection."""
        rows = slice(part * self.dim, (part + 1) * self.dim)
        y = F.linear(x, self.in_proj_weight[rows], self.in_proj_bias[rows])
        return y.unflatten(2, (self.heads, self.dim // self.heads)).transpose(1, 2)

    def queries(self, x: Tensor) -> Tensor:
        return self._project(x, 0)

    def keys(self, x: Tensor) -> Tensor:
        return self._project(x, 1)

    def values(self, x: Tensor) -> Tensor:
        return self._project(x, 2)

    def attend(self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None = None) -> Tensor:
        """(B, n, R, dh) x (B, n, S, dh) -> (B, R, dim), scale dh^-0.5."""
        bias = None if bias is None else bias.to(q.dtype)
        if (q.requires_grad or q.dtype == torch.bfloat16) and q.device.type == "cpu":
            y = _plain_attention(q, k, v, bias)
        else:
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        return self.out_proj(y.transpose(1, 2).flatten(2))

    def forward(self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None = None) -> Tensor:
        return self.attend(self.queries(q), self.keys(k), self.values(v), bias)
