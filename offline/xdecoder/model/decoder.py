"""The decoder: latent and text queries in, mask embeddings and semantic embeddings out (spec sections 6 and 12).

One pass serves every task. A `QueryPlan` says which rows enter, how they see each other and which are guided by
their own masks; `plans.py` builds one for each task.
"""

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .attention import Attention
from .config import XDecoderConfig
from .geometry import Geometry, join_axes
from .text_encoder import normalise

# Finite, so that a softmax never meets an all -inf row and fp16 never meets an infinity.
BLOCKED = -1e4


@dataclass
class Memory:
    """What a picture gives the decoder, computed once. Level l = 0 is the coarsest; layer i uses level i mod 3.

    mask_features (B, C, H/4, W/4); level_features[l] (B, C, h_l*w_l); keys[i], values[i] (B, n, h_l*w_l, d/n);
    sources[l] (B, h_l*w_l, d) are kept only where visual prompts sample them (SEEM).
    """

    mask_features: Tensor
    level_features: list[Tensor]
    keys: list[Tensor]
    values: list[Tensor]
    sources: list[Tensor] = field(default_factory=list)


@dataclass
class QueryPlan:
    """Rows of one decoder pass. R rows attend the picture; T carried tokens join in self-attention only.

    content, position: (B, R, d).
    guided: per row, whether its own mask limits its cross-attention (False = it sees the whole picture).
    self_bias: additive, broadcast to (B, n, R + T [+ prompts], R + T [+ prompts]).
    class_row: index of the image query whose normed state is recomputed from the object rows before it, or None.
    tokens: (B, T, d) text tokens, updated layer by layer; their position stays the initial embedding.
    prompts: per level (B, P, d), fresh in each layer and never carried on (SEEM's visual prompts).
    cross_bias: per level, additive on cross-attention, broadcast to (B, n, R, h*w): region captions.
    """

    content: Tensor
    position: Tensor
    guided: list[bool] | bool
    self_bias: Tensor | None = None
    class_row: int | None = None
    tokens: Tensor | None = None
    prompts: list[Tensor] | None = None
    cross_bias: list[Tensor] | None = None


@dataclass
class Head:
    """One prediction: normed states h, class embeddings (`pred_captions`), mask embeddings; each (B, R, .).

    image (B, d): the image query's vector for retrieval, where the model has a matrix for it; else its class embedding
    serves.
    """

    state: Tensor
    embeddings: Tensor
    mask_embeddings: Tensor
    image: Tensor | None = None

    def masks(self, mask_features: Tensor) -> Tensor:
        """Mask logits (B, R, H/4, W/4)."""
        return torch.einsum("bqc,bchw->bqhw", self.mask_embeddings, mask_features)


class CrossLayer(nn.Module):
    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.multihead_attn = Attention(dim, heads)
        self.norm = nn.LayerNorm(dim)


class SelfLayer(nn.Module):
    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.self_attn = Attention(dim, heads)
        self.norm = nn.LayerNorm(dim)


class FFNLayer(nn.Module):
    def __init__(self, dim: int, ffn: int) -> None:
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(dim, ffn), nn.Linear(ffn, dim)
        self.norm = nn.LayerNorm(dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x + self.linear2(F.relu(self.linear1(x))))


class MaskMLP(nn.Module):
    """Three linear layers with ReLU between."""

    def __init__(self, dim: int, out: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(dim, dim), nn.Linear(dim, dim), nn.Linear(dim, out)])

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers[:-1]:
            x = F.relu(layer(x))
        return self.layers[-1](x)


def _embedding(rows: int, dim: int, std: float = 0.02) -> nn.Embedding:
    e = nn.Embedding(rows, dim)
    nn.init.normal_(e.weight, std=std)
    return e


class Decoder(nn.Module):
    """Masked-attention decoder; parameter names are the official ones of `sem_seg_head.predictor`."""

    def __init__(self, config: XDecoderConfig) -> None:
        super().__init__()
        self.config = config
        dim = config.dim
        self.query_feat = _embedding(config.queries, dim, 1.0)
        self.query_embed = _embedding(config.queries, dim, 1.0)
        self.level_embed = _embedding(3, dim, 1.0)
        # The official models have conv_dim = dim and no projection.
        self.input_proj = (
            nn.ModuleList(nn.Linear(config.conv_dim, dim) for _ in range(3)) if config.conv_dim != dim else None
        )
        n = config.layers
        self.transformer_cross_attention_layers = nn.ModuleList(CrossLayer(dim, config.heads) for _ in range(n))
        self.transformer_self_attention_layers = nn.ModuleList(SelfLayer(dim, config.heads) for _ in range(n))
        self.transformer_ffn_layers = nn.ModuleList(FFNLayer(dim, config.ffn) for _ in range(n))
        self.decoder_norm = nn.LayerNorm(dim)
        self.mask_embed = MaskMLP(dim, config.mask_dim)
        self.class_embed = nn.Parameter(torch.randn(dim, dim) * dim**-0.5)
        if config.image_embed:
            self.image_embed = nn.Parameter(torch.randn(dim, dim) * dim**-0.5)
        if config.captions:
            self.caping_embed = nn.Parameter(torch.randn(dim, dim) * dim**-0.5)
            self.pos_embed_caping = _embedding(config.text.context, dim)
        if config.visual_prompts:
            self.pn_indicator = _embedding(2, dim)
            self.mask_sptial_embed = nn.ParameterList(
                nn.Parameter(torch.randn(dim, dim) * dim**-0.5) for _ in range(3)
            )
        if config.seem:
            self.spatial_embed, self.spatial_featured = _embedding(32, dim), _embedding(32, dim)
        if config.answers:
            self.query_feat_caping = _embedding(config.text.context, dim)
            self.vqa_classifier = nn.Sequential(
                nn.Linear(dim, 2 * dim), nn.LayerNorm(2 * dim), nn.GELU(), nn.Linear(2 * dim, config.answers)
            )

    def remember(self, mask_features: Tensor, maps: list[Tensor], geometry: Geometry) -> Memory:
        """Everything that depends on the picture alone: resized mask features, keys and values of every layer.

        Resizing is linear over space, so the mask logits resized to a level equal the mask embedding times the
        resized mask features: one resize a picture instead of one a layer (spec section 12.1).
        """
        level_features = [
            torch.einsum("yh,bchw,xw->bcyx", ry, mask_features, rx).flatten(2)
            for ry, rx in zip(geometry.resize_y, geometry.resize_x, strict=True)
        ]
        sources, positions = [], []
        for level, x in enumerate(maps):
            s = x.flatten(2).transpose(1, 2)
            s = s if self.input_proj is None else self.input_proj[level](s)
            sources.append(s + self.level_embed.weight[level])
            positions.append(join_axes(geometry.position_y[level], geometry.position_x[level]))
        keys, values = [], []
        for i, layer in enumerate(self.transformer_cross_attention_layers):
            level = i % 3
            keys.append(layer.multihead_attn.keys(sources[level] + positions[level]))
            values.append(layer.multihead_attn.values(sources[level]))
        return Memory(mask_features, level_features, keys, values, sources)

    def head(self, x: Tensor, class_row: int | None) -> Head:
        """Prediction from raw states x (B, R, d)."""
        h, image = self.decoder_norm(x), None
        if class_row is not None:
            # The image query only gives weights; its own state is replaced by a mean of the object queries.
            n = normalise(h)
            weights = torch.softmax(n[:, class_row : class_row + 1] @ n[:, :class_row].transpose(1, 2), -1)
            image = weights @ h[:, :class_row]
            h = torch.cat([h[:, :class_row], image, h[:, class_row + 1 :]], 1)
            image = image[:, 0] @ self.image_embed if self.config.image_embed else None
        return Head(h, h @ self.class_embed, self.mask_embed(h), image)

    @staticmethod
    def guide(head: Head, level_features: Tensor, guided: list[bool] | bool) -> Tensor | None:
        """Additive cross-attention mask (B, 1, R, h*w): blocked where the row's own resized mask logit is < 0.

        A row blocked everywhere is unblocked everywhere. The mask is a decision, not a path for gradients.
        """
        if guided is False:
            return None
        logits = head.mask_embeddings.detach() @ level_features.detach()
        blocked = (logits < 0).to(logits.dtype)
        blocked = blocked * (1 - blocked.amin(-1, keepdim=True))
        if guided is not True:
            blocked = blocked * torch.tensor(guided, dtype=logits.dtype, device=logits.device)[None, :, None]
        return (blocked * BLOCKED)[:, None]

    def forward(
        self, memory: Memory, plan: QueryPlan, seen: list[tuple[Tensor, Tensor]] | None = None
    ) -> tuple[list[Head], Tensor]:
        """Runs every layer. Returns the heads (one before each layer and the final one) and the last raw states.

        seen: collects each layer's self-attention keys and values (B, n, rows, d/n), what later word rows look at.
        """
        x, tokens = plan.content, plan.tokens
        rows, carried = x.shape[1], 0 if tokens is None else tokens.shape[1]
        heads = [self.head(x, plan.class_row)]
        for i, (cross, self_layer, ffn) in enumerate(
            zip(
                self.transformer_cross_attention_layers,
                self.transformer_self_attention_layers,
                self.transformer_ffn_layers,
                strict=True,
            )
        ):
            level = i % 3
            bias = self.guide(heads[-1], memory.level_features[level], plan.guided)
            if plan.cross_bias is not None:
                bias = plan.cross_bias[level] if bias is None else bias + plan.cross_bias[level]
            attention = cross.multihead_attn
            q = attention.queries(x + plan.position)
            x = cross.norm(x + attention.attend(q, memory.keys[i], memory.values[i], bias))

            state, position = x, plan.position
            if tokens is not None and plan.tokens is not None:
                state, position = torch.cat([state, tokens], 1), torch.cat([position, plan.tokens], 1)
            if plan.prompts is not None:
                state = torch.cat([state, plan.prompts[level]], 1)
                position = torch.cat([position, plan.prompts[level]], 1)
            qk, attention = state + position, self_layer.self_attn
            k, v = attention.keys(qk), attention.values(state)
            if seen is not None:
                seen.append((k, v))
            state = self_layer.norm(state + attention.attend(attention.queries(qk), k, v, plan.self_bias))
            state = ffn(state[:, : rows + carried])
            x = state[:, :rows]
            tokens = state[:, rows:] if carried else None
            heads.append(self.head(x, plan.class_row))
        return heads, x
