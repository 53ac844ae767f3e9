"""Texts to ids, and the table of names that a training step classifies against."""

import json
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from ..model.config import TextConfig
from ..model.text_encoder import TextEncoder, normalise
from ..runtime import TextCodec


class Ids:
    """Tokenises with a pack's tokenizer.json; rows are padded with the end token and cut at the context length."""

    def __init__(self, tokenizer: Tokenizer, config: TextConfig) -> None:
        self.tokenizer, self.config = tokenizer, config
        if tokenizer.token_to_id("<|endoftext|>") != config.end_token:
            raise ValueError(f"the tokenizer's end token is not {config.end_token}: it belongs to another model")

    @staticmethod
    def read(path: Path, config: TextConfig) -> "Ids":
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing: make it with `python -m xdecoder.data.tokenizer`")
        return Ids(Tokenizer.from_file(str(path)), config)

    def __call__(self, texts: list[str]) -> Tensor:
        rows = [e.ids for e in self.tokenizer.encode_batch(texts)]
        context, end = self.config.context, self.config.end_token
        rows = [r if len(r) <= context else [*r[: context - 1], end] for r in rows]
        length = max(len(r) for r in rows)
        return torch.tensor([r + [end] * (length - len(r)) for r in rows])

    @property
    def codec(self) -> TextCodec:
        """The way back, from ids to words."""
        return TextCodec(self.tokenizer, self.config.context, self.config.start_token, self.config.end_token)


def embed(encoder: TextEncoder, ids: Tensor) -> Tensor:
    """Normalised sentence embeddings (N, d)."""
    return normalise(encoder.sentence(ids))


@torch.no_grad()
def embed_all(encoder: TextEncoder, texts: list[str], ids: Ids, batch: int = 512) -> Tensor:
    """The same of many texts (N, d), in bfloat16 products; those of like length together, which saves padding."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    out = torch.empty(len(texts), encoder.lang_proj.shape[1])
    with torch.autocast(encoder.lang_proj.device.type, torch.bfloat16):
        for i in range(0, len(order), batch):
            rows = order[i : i + batch]
            out[rows] = embed(encoder, ids([texts[r] for r in rows])).float()
    return out


def token_bias(ids: Tensor, end_token: int) -> Tensor:
    """(B, T) additive: blocks what follows the first end token."""
    ended = (ids == end_token).int().cumsum(1)
    return ((ended > 1) | ((ended == 1) & (ids != end_token))).float() * -1e4


class SentenceTargets:
    """Embeddings of a text corpus: what the text encoder is distilled towards, or must not forget.

    texts [N]; targets (N, d) normalised.
    """

    def __init__(self, texts: list[str], targets: Tensor, ids: Ids) -> None:
        self.texts, self.targets, self.ids = texts, targets, ids

    @staticmethod
    def read(folder: Path, ids: Ids) -> "SentenceTargets":
        """Of the sentence encoder (xdecoder.data.sentence_targets)."""
        path = folder / "sentence_targets.json"
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing: make it with `python -m xdecoder.data.sentence_targets`")
        texts = json.loads(path.read_text(encoding="utf-8"))
        return SentenceTargets(texts, torch.tensor(np.load(folder / "sentence_targets.npz")["targets"]), ids)

    @staticmethod
    def of(encoder: TextEncoder, texts: list[str], ids: Ids) -> "SentenceTargets":
        """Of a trained encoder itself, so that more training does not lose what it knows."""
        return SentenceTargets(texts, embed_all(encoder, texts, ids).half(), ids)

    def loss(self, encoder: TextEncoder, count: int) -> Tensor:
        """1 - cosine on `count` random texts."""
        rows = torch.randint(len(self.texts), (count,))
        e = embed(encoder, self.ids([self.texts[i] for i in rows.tolist()]))
        return (1 - (e * self.targets[rows].float()).sum(1)).mean()
