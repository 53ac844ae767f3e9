"""What the batch run does on this machine, and what a billion pictures would take at that pace; prints Markdown.

    python -m xdecoder.batch.figures --pack ../public/models/default --pictures ../public/samples

Several minutes on two cores. The pace needs a quiet machine; core times and bytes are the same on a busy one, nearly.
"""

import argparse
import os
import platform
from pathlib import Path

from .. import command
from .guard import guard

if __name__ == "__main__":
    guard()
from .measure import ALL, EMBED, SETS, Measured, measure

BILLION = 1e9
# The machine of the estimate, and how many of them.
CORES, MACHINES = 16, 100
# What an index has when only vectors were asked for.
BARE = ("path", "sha256", "width", "height", "bytes", "embedding")


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def pace(m: Measured, workers: tuple[int, ...]) -> list[str]:
    head = ["tasks", "core ms: decode", "core ms: answer", *(f"a second, {n} worker{'s'[: n - 1]}" for n in workers)]
    rows = [
        [", ".join(t), *(f"{1000 * x:.1f}" for x in m.cores[t]), *(f"{m.rates[t, n]:.1f}" for n in workers)]
        for t in SETS
    ]
    return _table(head, rows)


def sizes(m: Measured) -> list[str]:
    rows = [[f"`{name}`", f"{size:,.0f}"] for name, size in sorted(m.columns.items(), key=lambda c: -c[1])]
    return _table(["column", "index bytes a picture"], [*rows, ["all", f"{sum(m.columns.values()):,.0f}"]])


def estimate(m: Measured) -> list[str]:
    """Core times and bytes of this machine, multiplied: workers share nothing up to the limits in the last rows."""
    ends = (EMBED, ALL)
    core = [sum(m.cores[t]) for t in ends]
    size = [sum(m.columns[c] for c in BARE), sum(m.columns.values())]
    fleet = CORES * MACHINES
    rows = [
        ["core-hours", *(f"{BILLION * c / 3600:,.0f}" for c in core)],
        [f"hours on {MACHINES} machines of {CORES} cores", *(f"{BILLION * c / 3600 / fleet:,.1f}" for c in core)],
        ["such machines, to be done in 24 hours", *(f"{BILLION * c / 86400 / CORES:,.0f}" for c in core)],
        ["index, GB", *(f"{BILLION * s / 1e9:,.0f}" for s in size)],
        ["pictures, TB", *([f"{BILLION * m.picture_bytes / 1e12:,.0f}"] * 2)],
        [
            f"MB a second out of the bucket, {MACHINES} machines",
            *(f"{fleet / c * m.picture_bytes / 1e6:,.0f}" for c in core),
        ],
        *(
            [f"machines that one command follows, --batch {batch}", *(f"{c / CORES / own:,.1f}" for c in core)]
            for batch, own in m.own.items()
        ),
        ["memory for a restart at the end, GB", *(["16"] * 2)],
        ["processor minutes before a restart at the end goes on", *([f"{BILLION / 1e6 * m.finished / 60:,.0f}"] * 2)],
    ]
    return _table(["a billion pictures", "embed", "everything"], rows)


def _machine() -> str:
    load = os.getloadavg()[0]
    shared = "; it had other work to do, so the pace is low" if load > (os.cpu_count() or 1) else ""
    return f"{os.cpu_count()} cores ({platform.machine()}), load {load:.1f} before{shared}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m xdecoder.batch.figures", description=__doc__)
    parser.add_argument("--pack", type=Path, default=Path("../public/models/default"))
    parser.add_argument("--pictures", type=Path, default=Path("../public/samples"))
    parser.add_argument("--count", type=int, default=40, help="pictures in each measurement")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    args = parser.parse_args(arguments)
    # Ray gives its workers a low priority, which on a machine with other work measures that work.
    os.environ.setdefault("RAY_worker_niceness", "0")
    workers, machine = tuple(sorted(set(args.workers))), _machine()
    m = measure(args.pack, args.pictures, args.count, workers)
    about = (
        f"Pack `{args.pack.name}`, {args.count} photos of 640 x 480 ({m.picture_bytes / 1000:.0f} KB each), "
        f"workers of one thread, {machine}. The command itself takes "
        + ", ".join(f"{1e6 * own:.0f} µs a picture in batches of {batch}" for batch, own in m.own.items())
        + "."
    )
    print("\n".join([about, "", *pace(m, workers), "", *sizes(m), "", *estimate(m)]))
    return 0


if __name__ == "__main__":
    command.run(main)
