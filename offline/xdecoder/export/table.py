"""The last words of an export: a line a graph."""

from pathlib import Path

import onnx

from .check import Checked


def weight_bytes(path: Path) -> int:
    """Bytes that a graph reads, its own file and its tensors in shared files."""
    graph = onnx.load(str(path), load_external_data=False).graph
    stored = sum(int(e.value) for t in graph.initializer for e in t.external_data if e.key == "length")
    return path.stat().st_size + stored


def pack_table(folder: Path, checked: list[Checked]) -> str:
    lines = [f"{'graph':<16}{'precision':<14}{'nodes':>6}{'MB':>8}{'max error':>11}{'mean error':>12}{'ms':>8}"]
    for c in checked:
        size = weight_bytes(folder / f"{c.role}.{c.precision}.onnx") / 1e6
        lines.append(
            f"{c.role:<16}{c.precision:<14}{c.nodes:>6}{size:>8.2f}{c.max_error:>11.1e}{c.mean_error:>12.1e}"
            f"{c.milliseconds:>8.1f}"
        )
    total = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    lines.append(f"{folder}: {total / 1e6:.2f} MB; graphs of one pack share their weights")
    return "\n".join(lines)
