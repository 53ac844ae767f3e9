"""Holds a model against reference arrays of the original code.

    python -m xdecoder.parity --checkpoint FILE --reference NPZ… [--backend torch|onnx] [--table]
    python -m xdecoder.parity --pack DIR --reference NPZ… [--checkpoint FILE]
    python -m xdecoder.parity --generated --reference NPZ… --table

A line an array: maximum absolute error, tolerance, verdict. Exit code 1 on a miss, 2 on bad input. A pack beside the
checkpoint that it was made from (or --generated) may differ from a reference by rounding ties, as the model itself may.
"""

import argparse
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from ..checkpoints import load_checkpoint
from .backends import generated_subject, onnx_subject, pack_subject, torch_subject, variant_of
from .check import Check
from .run import check_reference, needs_model, read_reference
from .subject import Subject
from .table import HEADER, row


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m xdecoder.parity", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pack", type=Path, metavar="DIR", help="a pack, run in onnxruntime")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--checkpoint", type=Path, metavar="FILE")
    source.add_argument("--generated", action="store_true", help="the weights that the references were made with")
    parser.add_argument("--reference", type=Path, nargs="+", required=True, metavar="NPZ")
    parser.add_argument("--backend", choices=("torch", "onnx"), default="torch")
    parser.add_argument("--tokenizer", type=Path, metavar="FILE", help="tokenizer.json of a model without CLIP's")
    parser.add_argument("--table", action="store_true", help="a Markdown row a reference instead of a line an array")
    return parser


def _groups(args: argparse.Namespace) -> list[tuple[list[Path], AbstractContextManager[Subject | None]]]:
    """References and the model that they are held against."""
    references = {path: read_reference(path) for path in args.reference}
    alone = [path for path, arrays in references.items() if not needs_model(arrays)]
    rest = [path for path in references if path not in alone]
    groups: list[tuple[list[Path], AbstractContextManager[Subject | None]]] = []
    if args.generated:
        for variant in dict.fromkeys(variant_of(references[path]) for path in rest):
            of_it = [path for path in rest if variant_of(references[path]) == variant]
            groups.append((of_it, generated_subject(variant, args.backend, args.pack)))
    elif rest and args.pack is not None:
        judge = load_checkpoint(args.checkpoint).model if args.checkpoint else None
        groups.append((rest, nullcontext(pack_subject(args.pack, judge))))
    elif rest and args.checkpoint is not None and args.backend == "onnx":
        groups.append((rest, onnx_subject(args.checkpoint)))
    elif rest and args.checkpoint is not None:
        groups.append((rest, nullcontext(torch_subject(args.checkpoint, args.tokenizer))))
    elif rest:
        raise ValueError("these references need a model: give --checkpoint FILE, --pack DIR or --generated")
    return [*groups, (alone, nullcontext())] if alone else groups


def _report(subject: Subject | None, path: Path) -> list[Check]:
    print(f"{path.name}\n{'array':<36} {'max error':>10} {'tolerance':>10}  verdict")
    checks = []
    for check in check_reference(subject, path):
        print(check.line(), flush=True)
        checks.append(check)
    missed = sum(not c.passed for c in checks)
    print(f"{len(checks)} checks, {missed} missed\n")
    return checks


def main(arguments: list[str] | None = None) -> int:
    args = _parser().parse_args(arguments)
    passed = True
    try:
        groups = _groups(args)
        if args.table:
            print(HEADER)
        for paths, making in groups:
            with making as subject:
                for path in paths:
                    checks = list(check_reference(subject, path)) if args.table else _report(subject, path)
                    if args.table:
                        print(row(path, subject, checks), flush=True)
                    passed = passed and all(c.passed for c in checks)
    except (ValueError, RuntimeError, OSError, ImportError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
