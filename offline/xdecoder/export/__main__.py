"""Exports a checkpoint to a pack for the browser.

    python -m xdecoder.export --checkpoint runs/default.pt --out ../public/models/default
    python -m xdecoder.export --checkpoint xdecoder_focalt_last.pt --out ../public/models/focalt
    python -m xdecoder.export --config tiny --out ../e2e/fixtures/packs/tiny      (generated weights, for tests)
"""

import argparse
import re
import signal
import sys
from dataclasses import replace
from pathlib import Path

from .manifest import write_index
from .onnx_export import ExportError
from .pack import PackRequest, refuse_foreign, write_pack
from .precision import PRECISIONS
from .presets import PRESETS
from .query_bank import read_query_bank
from .source import CONFIGS, Source, from_checkpoint, generated
from .table import pack_table
from .task_table import TASKS


def _side(text: str) -> int:
    if not text.isdecimal() or not 32 <= int(text) <= 4096:
        raise argparse.ArgumentTypeError(f"a side is 32 to 4096 pixels, not '{text}'")
    return int(text)


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"a score is 0 to 1, not '{text}'")
    return value


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text):
        raise argparse.ArgumentTypeError(f"a name has letters, digits, '.', '_' and '-', not '{text}'")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m xdecoder.export", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--checkpoint", type=Path, metavar="FILE")
    source.add_argument("--config", choices=sorted(CONFIGS), help="generated weights, for tests")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--precision", nargs="+", choices=list(PRECISIONS), default=["fp16-storage"])
    parser.add_argument("--name", type=_name, help="the pack's id, if not the model's own")
    parser.add_argument("--tokenizer", type=Path, metavar="FILE", help="tokenizer.json, if not the model's usual one")
    parser.add_argument("--trained", nargs="+", choices=list(TASKS), help="tasks that the weights were trained for")
    parser.add_argument("--presets", nargs="*", choices=list(PRESETS), default=list(PRESETS))
    parser.add_argument("--short-side", type=_side, help="of the segmentation size")
    parser.add_argument("--max-long-side", type=_side, help="of the segmentation size")
    parser.add_argument("--object-mask", type=_share, help="panoptic: least class score of a kept query")
    parser.add_argument("--query-bank", type=Path, metavar="FILE", help="of `python -m xdecoder.train.query_bank`")
    parser.add_argument("--min-score", type=_share, help="referring: least score of a match")
    return parser


def _adjusted(source: Source, args: argparse.Namespace) -> Source:
    """The profile with what the command line says otherwise."""
    profile = source.profile
    given = {"object_mask": args.object_mask, "min_score": args.min_score, "name": args.name}
    profile = replace(profile, **{k: v for k, v in given.items() if v is not None})
    if args.trained:
        profile = replace(profile, trained=tuple(args.trained))
    sides = {"shortSide": args.short_side, "maxLongSide": args.max_long_side}
    size = profile.sizes["segmentation"] | {k: v for k, v in sides.items() if v}
    return replace(source, profile=replace(profile, sizes=profile.sizes | {"segmentation": size}))


def main(arguments: list[str] | None = None) -> int:
    args = _parser().parse_args(arguments)
    # A polite kill clears up as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        refuse_foreign(args.out.resolve())
        if args.checkpoint:
            source = from_checkpoint(args.checkpoint, args.tokenizer)
        else:
            source = generated(args.config, args.tokenizer)
        source = _adjusted(source, args)
        bank = read_query_bank(args.query_bank) if args.query_bank else None
        request = PackRequest(source.profile, source.tokenizer, source.origin, args.precision, args.presets, bank)
        checked = write_pack(source.model, args.out, request)
    except (ExportError, OSError, ValueError, RuntimeError) as error:
        print(f"export: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("export: stopped; no pack was written", file=sys.stderr)
        return 130
    if args.out.resolve().parent.name == "models":
        write_index(args.out.resolve().parent)
    print(pack_table(args.out, checked))
    return 0


if __name__ == "__main__":
    sys.exit(main())
