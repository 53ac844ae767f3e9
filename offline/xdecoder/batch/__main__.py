"""Indexes any number of pictures with a pack, on this machine or on a Ray cluster.

    python -m xdecoder.batch --pack DIR --input photos/ --out index/
    python -m xdecoder.batch --pack DIR --input s3://bucket/shards/ --out index/ --tasks embed,caption --address auto

Input: folders of pictures, Parquet tables with a column of pictures, tar shards, mixed as they come. Output: the
Parquet of docs/index-format.md, which the app opens. Started again, it goes on where it was. Exit code 0 only when
every picture succeeded, 1 when some are in errors/, 2 when nothing could start.
"""

import argparse
import signal
import sys
from pathlib import Path

from ..run.requests import RequestError
from ..runtime import UnavailableError
from ..runtime.pack import PackError
from .guard import guard

if __name__ == "__main__" and not any(word.startswith("--address") for word in sys.argv[1:]):
    guard()
try:
    from .pipeline import Options, run
    from .places import BatchError
    from .quiet import native_silence
except ModuleNotFoundError as error:
    if error.name not in ("ray", "pyarrow"):
        raise
    sys.exit(f"error: {error.name} is not installed: pip install -e 'offline[scale]'")
from .tasks import TASKS


def _tasks(text: str) -> tuple[str, ...]:
    tasks = tuple(t.strip() for t in text.split(",") if t.strip())
    unknown = [t for t in tasks if t not in TASKS]
    if unknown or not tasks:
        raise argparse.ArgumentTypeError(f"'{text}': tasks are {', '.join(TASKS)}, with commas between")
    return tasks


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1 on")
    return int(text)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m xdecoder.batch", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pack", type=Path, required=True, metavar="DIR")
    parser.add_argument("--input", nargs="+", required=True, metavar="FOLDER|FILE|URI")
    parser.add_argument("--out", required=True, metavar="DIR|URI")
    parser.add_argument("--tasks", type=_tasks, default=("embed",), metavar=",".join(TASKS))
    names_help = 'names for panoptic, one a line; "name<TAB>stuff" marks stuff'
    parser.add_argument("--vocabulary", type=Path, metavar="FILE", help=names_help)
    parser.add_argument("--preset", help="a list of names stored in the pack")
    parser.add_argument("--question", action="append", default=[], help="for vqa; may be given again")
    parser.add_argument("--address", help="a running cluster: host:port, or auto on one of its machines")
    parser.add_argument("--workers", type=_positive, metavar="N", help="default: as many as there are cores for")
    parser.add_argument("--threads", type=_positive, default=1, metavar="N", help="cores of one worker (1)")
    parser.add_argument("--variant", help="of the pack; default: the first that runs on a CPU")
    parser.add_argument("--batch", type=_positive, default=16, metavar="N", help="pictures a worker takes at once (16)")
    parser.add_argument("--rows", type=_positive, default=4096, metavar="N", help="pictures in a partition (4096)")
    parser.add_argument(
        "--save-every", type=float, default=120.0, metavar="S", help="seconds after which a partition is not waited for"
    )
    return parser


def _options(args: argparse.Namespace) -> Options:
    return Options(
        pack=args.pack,
        input=tuple(args.input),
        out=args.out,
        tasks=args.tasks,
        vocabulary=args.vocabulary,
        preset=args.preset,
        questions=tuple(args.question),
        address=args.address,
        workers=args.workers,
        threads=args.threads,
        variant=args.variant,
        batch=args.batch,
        rows=args.rows,
        seconds=args.save_every,
    )


def main(arguments: list[str] | None = None) -> int:
    args = parser().parse_args(arguments)
    # A scheduler's polite stop is a person's Ctrl-C: what is answered gets written.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with native_silence():
            report = run(_options(args))
    except (BatchError, PackError, RequestError, UnavailableError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; what was answered is written, and the same command goes on from there", file=sys.stderr)
        return 130
    if report.skipped:
        print(f"{report.skipped} pictures were there already", file=sys.stderr)
    if report.failed:
        print(f"{report.failed} failed, see {args.out}/errors; the first: {report.first_error}", file=sys.stderr)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
