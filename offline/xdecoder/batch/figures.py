"""What the batch run does on this machine, and what a billion pictures would take at that rate; prints Markdown.

    python -m xdecoder.batch.figures --pack ../public/models/default --pictures ../public/samples

Several minutes on two cores. Figures of a machine with other work on it are lower than its own: run it on a quiet one.
"""

import argparse
import hashlib
import os
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from ..run.requests import expand
from .guard import guard

if __name__ == "__main__":
    guard()
from .finished import Finished
from .index import Index
from .pipeline import Options, run
from .quiet import native_silence
from .rows import Meta, answered_schema

SETS = (
    ("embed",),
    ("embed", "caption"),
    ("embed", "panoptic"),
    ("embed", "vqa"),
    ("embed", "caption", "panoptic", "vqa"),
)
QUESTION = "is there a person in the picture?"
BILLION = 1e9
# The machine of the estimate, and how many of them.
CORES, MACHINES = 16, 100


@dataclass(frozen=True)
class Measured:
    """rates: pictures a second by task set and workers. columns: compressed bytes a picture, with everything asked."""

    rates: dict[tuple[tuple[str, ...], int], float]
    columns: dict[str, float]
    picture_bytes: float
    writer: float
    finished: float


def make_pictures(samples: Path, folder: Path, count: int) -> None:
    """Photos of 640 x 480, none the same: pieces of the samples."""
    random = np.random.default_rng(0)
    photos = [Image.open(p).convert("RGB") for p in expand([str(samples)])]
    for i in range(count):
        photo = photos[i % len(photos)]
        part = random.uniform(0.6, 1.0)
        w, h = int(photo.width * part), int(photo.height * part)
        x, y = int(random.integers(0, photo.width - w + 1)), int(random.integers(0, photo.height - h + 1))
        photo.crop((x, y, x + w, y + h)).resize((640, 480)).save(folder / f"{i:04d}.jpg", quality=90)


def _rate(pack: Path, pictures: Path, out: Path, tasks: tuple[str, ...], workers: int) -> float:
    shutil.rmtree(out, ignore_errors=True)
    options = Options(
        pack, (str(pictures),), str(out), tasks, questions=(QUESTION,), workers=workers, batch=2, rows=1 << 20
    )
    with native_silence():
        return run(options).rate


def _columns(out: Path) -> dict[str, float]:
    """Compressed bytes a picture of each column: what is left of a big index when its footer no longer counts."""
    sizes: dict[str, float] = {}
    for part in out.glob("part-*.parquet"):
        meta = pq.read_metadata(part)
        for g in range(meta.num_row_groups):
            for c in range(meta.num_columns):
                column = meta.row_group(g).column(c)
                name = column.path_in_schema.split(".")[0]
                sizes[name] = sizes.get(name, 0.0) + column.total_compressed_size / meta.num_rows
    return sizes


def _writer(out: Path, folder: Path) -> float:
    """Rows a second through the one writer, on this disk."""
    row = pq.read_table(next(out.glob("part-*.parquet")))
    dim = row.schema.field("embedding").type.list_size
    empty = [pa.nulls(len(row), pa.string())] * 3
    rows = pa.table([*row.columns, *empty], schema=answered_schema(dim))
    index = Index(str(folder), Meta("figures", "", "", dim, ("embed",)), {}, rows=4096, seconds=1e9)
    start, count = time.perf_counter(), 0
    while count < 40_000:
        index.add(rows)
        count += len(rows)
    index.close()
    return count / (time.perf_counter() - start)


def _finished() -> float:
    """Seconds a million paths take at a restart."""
    names = [hashlib.sha256(str(i).encode()).hexdigest() for i in range(1_000_000)]
    start = time.perf_counter()
    Finished.of(names)
    return time.perf_counter() - start


def measure(pack: Path, samples: Path, count: int, workers: tuple[int, ...]) -> Measured:
    with tempfile.TemporaryDirectory(prefix="xdecoder-figures-") as name:
        folder = Path(name)
        (folder / "in").mkdir()
        make_pictures(samples, folder / "in", count)
        rates = {}
        for tasks in SETS:
            for n in workers:
                print(f"{' '.join(tasks)}, {n} workers", file=sys.stderr)
                rates[tasks, n] = _rate(pack, folder / "in", folder / "out", tasks, n)
        read = np.mean([p.stat().st_size for p in (folder / "in").iterdir()])
        return Measured(
            rates, _columns(folder / "out"), float(read), _writer(folder / "out", folder / "w"), _finished()
        )


def _machine() -> str:
    load = os.getloadavg()[0]
    shared = ", which had other work to do" if load > 1.5 * (os.cpu_count() or 1) else ""
    return f"{os.cpu_count()} cores, {platform.machine()}, load {load:.1f}{shared}"


def rates_table(m: Measured, workers: tuple[int, ...]) -> list[str]:
    names = " | ".join("1 worker" if n == 1 else f"{n} workers" for n in workers)
    head = [f"| tasks | {names} |", f"|---{'|---' * len(workers)}|"]
    rows = [f"| {', '.join(t)} | {' | '.join(f'{m.rates[t, n]:.2f}' for n in workers)} |" for t in SETS]
    return ["Pictures a second:", "", *head, *rows]


def bytes_table(m: Measured) -> list[str]:
    rows = [f"| {name} | {size:.0f} |" for name, size in sorted(m.columns.items(), key=lambda c: -c[1])]
    return ["Index bytes a picture:", "", "| column | bytes |", "|---|---|", *rows, f"| all | {_all(m):.0f} |"]


def _all(m: Measured) -> float:
    return sum(m.columns.values())


def _words(m: Measured) -> float:
    return sum(size for name, size in m.columns.items() if name != "segments")


def estimate(m: Measured) -> list[str]:
    """10^9 pictures: the measured rate of one worker, times workers, as if nothing were shared between them."""
    lines = ["| a billion pictures | embed | everything |", "|---|---|---|"]
    ends = (SETS[0], SETS[-1])
    alone = [m.rates[t, 1] for t in ends]
    size = [m.columns["embedding"] + _words(m) - sum(m.columns.get(c, 0) for c in ("embedding", "caption", "answers"))]
    size.append(_all(m))

    def row(name: str, values: list[str]) -> None:
        lines.append(f"| {name} | {' | '.join(values)} |")

    row("core-hours", [f"{BILLION / r / 3600:,.0f}" for r in alone])
    row(
        f"hours on {MACHINES} machines of {CORES} cores",
        [f"{BILLION / r / 3600 / MACHINES / CORES:,.0f}" for r in alone],
    )
    row("such machines for 24 hours", [f"{BILLION / r / 86400 / CORES:,.0f}" for r in alone])
    row("index, TB", [f"{BILLION * s / 1e12:.2f}" for s in size])
    row(
        f"read from the bucket by {MACHINES} machines, MB a second",
        [f"{r * MACHINES * CORES * m.picture_bytes / 1e6:,.0f}" for r in alone],
    )
    row("machines that one writer can follow", [f"{m.writer / r / CORES:,.0f}" for r in alone])
    notes = [
        f"* The writer takes {m.writer:,.0f} pictures a second with all columns, {m.writer * _all(m) / 1e6:.0f} MB",
        f"* A restart holds 16 bytes for each finished picture and needs {m.finished:.1f} s for a million of them.",
        f"* A picture of the measurement has {m.picture_bytes / 1000:.0f} KB.",
    ]
    return [*lines, "", *notes]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m xdecoder.batch.figures", description=__doc__)
    parser.add_argument("--pack", type=Path, default=Path("../public/models/default"))
    parser.add_argument("--pictures", type=Path, default=Path("../public/samples"))
    parser.add_argument("--count", type=int, default=40, help="pictures in each measurement")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    args = parser.parse_args(arguments)
    # Ray gives its workers a low priority, which on a machine with other work measures that work.
    os.environ.setdefault("RAY_worker_niceness", "0")
    workers = tuple(sorted({1, *args.workers}))
    before = _machine()
    m = measure(args.pack, args.pictures, args.count, workers)
    lines = [f"{args.count} photos of 640 x 480, workers of one thread; {before}.", "", *rates_table(m, workers)]
    print("\n".join([*lines, "", *bytes_table(m), "", *estimate(m)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
