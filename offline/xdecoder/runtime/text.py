"""Words to ids and back, by a tokenizer.json or CLIP's own vocabulary."""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from ..vocabulary.clip import clip_tokenizer
from .interface import Info


class TextCodec:
    """Rows are padded with the end token; a row over the context length is cut and still ends with it."""

    def __init__(self, tokenizer: Tokenizer, context: int, start: int, end: int) -> None:
        self.tokenizer, self.context, self.start, self.end = tokenizer, context, start, end

    @staticmethod
    def clip(context: int = 77) -> "TextCodec":
        tokenizer = clip_tokenizer()
        size = tokenizer.get_vocab_size()
        return TextCodec(tokenizer, context, size - 2, size - 1)

    @staticmethod
    def from_file(path: Path, context: int, start: int, end: int) -> "TextCodec":
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # tokenizers raises bare Exception
            raise ValueError(f"{path} is not a tokenizer.json: {error}") from error
        if tokenizer.get_vocab_size() != end + 1:
            raise ValueError(f"{path} has {tokenizer.get_vocab_size()} ids and the model {end + 1}: not this model's")
        return TextCodec(tokenizer, context, start, end)

    def rows(self, texts: list[str]) -> list[list[int]]:
        """Ids from the start to the end token of each text."""
        rows = [e.ids for e in self.tokenizer.encode_batch(texts)]
        return [r if len(r) <= self.context else [*r[: self.context - 1], self.end] for r in rows]

    def __call__(self, texts: list[str]) -> Tensor:
        """(N, T), T = the longest."""
        rows = self.rows(texts)
        length = max(len(r) for r in rows)
        return torch.tensor([r + [self.end] * (length - len(r)) for r in rows])

    def decode(self, ids: list[int]) -> str:
        """Text up to the first end token, without special tokens."""
        if self.end in ids:
            ids = ids[: ids.index(self.end)]
        spoken = [i for i in ids if i != self.start]
        # A sentence may end before its first word, and the tokenizer cannot decode nothing.
        return self.tokenizer.decode(spoken).strip() if spoken else ""


def codec_for(info: Info, tokenizer: Path | None) -> TextCodec:
    """A bare checkpoint's codec: CLIP's where the token table has its size, else the tokenizer.json given."""
    if tokenizer is not None:
        return TextCodec.from_file(tokenizer, info.context, info.start_token, info.end_token)
    codec = TextCodec.clip(info.context)
    if codec.end != info.end_token:
        raise ValueError(f"{info.name} has {info.end_token + 1} token ids, which are not CLIP's: give --tokenizer FILE")
    return codec


def sentences(tokens: Tensor, ids: Tensor, end: int) -> Tensor:
    """Token embeddings (N, T, d) -> sentence embeddings (N, d): the row of the first end token."""
    return tokens[torch.arange(len(ids)), (ids == end).int().argmax(1)]
