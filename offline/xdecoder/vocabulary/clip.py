"""CLIP's byte-pair tokenizer: 49,408 ids, the one of every official checkpoint (spec section 5).

The merges (`clip_merges.txt.xz`) are facts taken once from the MIT-licensed list that OpenAI published with CLIP:

    python -m xdecoder.vocabulary.clip WHEEL     # a wheel of open-clip-torch, which carries that list
"""

import argparse
import gzip
import lzma
import sys
import zipfile
from functools import cache
from importlib.resources import files
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

START, END = "<|startoftext|>", "<|endoftext|>"
SUFFIX = "</w>"
WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
MERGES = 49408 - 512 - 2
FILE = "clip_merges.txt.xz"


def _merges() -> list[tuple[str, str]]:
    lines = lzma.decompress((files(__package__) / FILE).read_bytes()).decode().split("\n")
    pairs = [line.split(" ") for line in lines]
    return [(left, right) for left, right in pairs]


@cache
def clip_tokenizer() -> Tokenizer:
    """Ids: 256 bytes, 256 bytes that end a word, the merges in order, start, end."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = _merges()
    tokens = [*letters, *(c + SUFFIX for c in letters), *(a + b for a, b in merges), START, END]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, end_of_word_suffix=SUFFIX, unk_token=END))
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
    tokenizer.add_special_tokens([START, END])
    tokenizer.post_processor = processors.RobertaProcessing(
        (END, vocabulary[END]), (START, vocabulary[START]), trim_offsets=False, add_prefix_space=False
    )
    return tokenizer


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    with zipfile.ZipFile(parser.parse_args().wheel) as wheel:
        name = next(n for n in wheel.namelist() if n.endswith("bpe_simple_vocab_16e6.txt.gz"))
        lines = gzip.decompress(wheel.read(name)).decode().split("\n")[1 : MERGES + 1]
    out = Path(__file__).with_name(FILE)
    out.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"wrote {out.name}: {len(lines)} merges, {out.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
