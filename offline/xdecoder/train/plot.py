"""Draws the losses that a training wrote beside its checkpoint.

    python -m xdecoder.train.plot runs/default.csv        -> runs/default.png
"""

import argparse
import csv
from collections import defaultdict
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

from .. import command


def read(path: Path) -> dict[str, list[tuple[float, float]]]:
    """Loss -> (minutes, value) in order."""
    curves: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            curves[row["loss"]].append((int(row["seconds"]) / 60, float(row["value"])))
    return dict(curves)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log", type=Path, help="the CSV beside the checkpoint")
    args = parser.parse_args()
    curves = read(args.log)
    columns = 4
    rows = -(-len(curves) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(3 * columns, 2.2 * rows), squeeze=False)
    for axis, (name, points) in zip(axes.flat, curves.items(), strict=False):
        axis.plot(*zip(*points, strict=True))
        axis.set_title(name, fontsize=9)
        axis.tick_params(labelsize=7)
    for axis in axes.flat[len(curves) :]:
        axis.set_visible(False)
    figure.supxlabel("minutes", fontsize=9)
    figure.tight_layout()
    target = args.log.with_suffix(".png")
    figure.savefig(target, dpi=120)
    print(f"wrote {target}")


if __name__ == "__main__":
    command.run(main)
