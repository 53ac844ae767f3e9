"""Trains the default model's tokenizer: byte-level BPE of CLIP's make, smaller.

    python -m xdecoder.data.tokenizer --shared ../../shared --out runs/data/tokenizer.json

Ids: 256 bytes, 256 bytes that end a word, merges in order, <|startoftext|>, <|endoftext|> (the last id).
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from .. import command
from .text_corpus import training_texts

START, END = "<|startoftext|>", "<|endoftext|>"
SUFFIX = "</w>"
# What CLIP splits words by: contractions, letters, single digits, the rest.
WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def _blank(model: models.BPE) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.Sequence(
        [decoders.ByteLevel(), decoders.Replace(SUFFIX, " "), decoders.Strip(" ", 0, 1)]
    )
    return tokenizer


def train(texts: Iterable[str], size: int) -> Tokenizer:
    """A tokenizer of exactly `size` ids; where the texts give fewer merges the rest are `<unused i>`."""
    learner = _blank(models.BPE(end_of_word_suffix=SUFFIX))
    learner.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=size,
            end_of_word_suffix=SUFFIX,
            show_progress=False,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        ),
    )
    learnt = json.loads(learner.to_str())["model"]["merges"]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*letters, *(c + SUFFIX for c in letters)]
    known, merges = set(tokens), []
    for left, right in learnt:
        if len(tokens) + 2 >= size:
            break
        if left in known and right in known:
            merges.append((left, right))
            if left + right not in known:
                tokens.append(left + right)
                known.add(left + right)
    tokens += [f"<unused{i}>" for i in range(size - 2 - len(tokens))]
    tokens += [START, END]
    vocabulary = {t: i for i, t in enumerate(tokens)}
    tokenizer = _blank(models.BPE(vocabulary, merges, end_of_word_suffix=SUFFIX, unk_token=END))
    tokenizer.add_special_tokens([START, END])
    from tokenizers.processors import RobertaProcessing

    tokenizer.post_processor = RobertaProcessing(
        (END, size - 1), (START, size - 2), trim_offsets=False, add_prefix_space=False
    )
    return tokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../../shared"))
    parser.add_argument("--out", type=Path, default=Path("runs/data/tokenizer.json"))
    parser.add_argument("--size", type=int, default=6144)
    args = parser.parse_args()
    tokenizer = train(training_texts(args.shared / "data"), args.size)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(args.out))
    print(f"wrote {args.out}: {tokenizer.get_vocab_size()} ids")


if __name__ == "__main__":
    command.run(main)
