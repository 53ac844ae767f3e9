"""A graph against PyTorch, on several sizes, before anybody may use it.

Where an attention mask hangs on a logit within float32's noise of 0, two right programs may differ by a whole key. With
hundreds of queries that happens in every third picture or so, so such a miss is looked into: it passes only if turning
those very decisions in PyTorch brings every number back (parity/ties.py).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor

from ..model.xdecoder import XDecoder
from ..parity.ties import turn_ties
from .examples import Examples
from .graphs import ROLES
from .onnx_export import ExportError, session


@dataclass(frozen=True)
class Tolerance:
    """`each`: |a - b| <= each x (1 + |b|) everywhere. `mean`, for coarse ones: mean |a - b| <= mean x mean |b|."""

    each: float | None
    mean: float | None = None


@dataclass(frozen=True)
class Checked:
    role: str
    precision: str
    nodes: int
    bytes: int
    max_error: float
    mean_error: float
    milliseconds: float
    ties: int = 0


def errors(given: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """Largest |a - b| / (1 + |b|), and mean |a - b| over mean |b|; nan where either is not finite."""
    if given.shape != wanted.shape:
        return float("inf"), float("inf")
    if not given.size:
        return 0.0, 0.0
    difference = np.abs(given - wanted)
    return float(np.max(difference / (1 + np.abs(wanted)))), float(difference.mean() / max(np.abs(wanted).mean(), 1e-9))


Outputs = Sequence[Tensor]


def _beside(
    model: XDecoder, run: Callable[[], Outputs], given: Sequence[np.ndarray], limit: float | None
) -> tuple[Outputs, int]:
    """PyTorch's outputs; beyond the limit, those with the ties turned that the graph decided the other way."""

    def outside(expected: Outputs) -> int:
        pairs = zip(given, expected, strict=True)
        return sum(int((~(np.abs(g - (e := t.numpy())) <= limit * (1 + np.abs(e)))).sum()) for g, t in pairs)

    expected = run()
    if limit is None or any(g.shape != tuple(e.shape) for g, e in zip(given, expected, strict=True)):
        return expected, 0
    if outside(expected) == 0:
        return expected, 0
    found, turned = turn_ties(model, run, outside)
    return (found, len(turned)) if outside(found) == 0 else (expected, 0)


def check_graph(
    model: XDecoder, role_name: str, precision: str, path: Path, examples: Sequence[Examples], tolerance: Tolerance
) -> Checked:
    """Runs the file beside the model; ExportError where one output of one size is out of tolerance."""
    role = ROLES[role_name]
    net = session(path)
    taken = {i.name for i in net.get_inputs()}
    outputs = role.outputs(model.config)
    wrapper = role.build(model).eval()
    worst, coarse, spent, ties = 0.0, 0.0, 0.0, 0
    for example in examples:
        args = example.inputs[role_name]
        named = zip(role.inputs(model.config), args, strict=True)
        feeds = {port.name: a.numpy() for port, a in named if port.name in taken}
        start = time.perf_counter()
        given = [np.asarray(g) for g in net.run([port.name for port in outputs], feeds)]
        spent = (time.perf_counter() - start) * 1000
        with torch.no_grad():
            expected, turned = _beside(model, partial(wrapper, *args), given, tolerance.each)
        ties += turned
        for port, e, g in zip(outputs, expected, given, strict=True):
            most, mean = errors(g, e.numpy())
            worst, coarse = max(worst, most), max(coarse, mean)
            for kind, error, limit in (("largest", most, tolerance.each), ("mean", mean, tolerance.mean)):
                if limit is not None and not error <= limit:
                    size = example.size
                    raise ExportError(
                        f"graph '{role_name}' in {precision}, output '{port.name}' at {size.height} x {size.width}: "
                        f"{kind} error {error:.2e} against PyTorch, {limit:.0e} allowed; no pack was written"
                    )
    nodes = len(onnx.load(str(path), load_external_data=False).graph.node)
    return Checked(role_name, precision, nodes, path.stat().st_size, worst, coarse, spent, ties)
