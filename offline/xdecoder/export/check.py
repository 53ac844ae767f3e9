"""A graph against PyTorch, on several sizes, before anybody may use it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch

from ..model.xdecoder import XDecoder
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


def errors(given: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """Largest |a - b| / (1 + |b|), and mean |a - b| over mean |b|; nan where either is not finite."""
    if given.shape != wanted.shape:
        return float("inf"), float("inf")
    if not given.size:
        return 0.0, 0.0
    difference = np.abs(given - wanted)
    return float(np.max(difference / (1 + np.abs(wanted)))), float(difference.mean() / max(np.abs(wanted).mean(), 1e-9))


def check_graph(
    model: XDecoder, role_name: str, precision: str, path: Path, examples: Sequence[Examples], tolerance: Tolerance
) -> Checked:
    """Runs the file beside the model; ExportError where one output of one size is out of tolerance."""
    role = ROLES[role_name]
    net = session(path)
    taken = {i.name for i in net.get_inputs()}
    outputs = role.outputs(model.config)
    wrapper = role.build(model).eval()
    worst, coarse, spent = 0.0, 0.0, 0.0
    for example in examples:
        args = example.inputs[role_name]
        with torch.no_grad():
            expected = wrapper(*args)
        named = zip(role.inputs(model.config), args, strict=True)
        feeds = {port.name: a.numpy() for port, a in named if port.name in taken}
        start = time.perf_counter()
        given = net.run([port.name for port in outputs], feeds)
        spent = (time.perf_counter() - start) * 1000
        for port, e, g in zip(outputs, expected, given, strict=True):
            most, mean = errors(np.asarray(g), e.numpy())
            worst, coarse = max(worst, most), max(coarse, mean)
            for kind, error, limit in (("largest", most, tolerance.each), ("mean", mean, tolerance.mean)):
                if limit is not None and not error <= limit:
                    size = example.size
                    raise ExportError(
                        f"graph '{role_name}' in {precision}, output '{port.name}' at {size.height} x {size.width}: "
                        f"{kind} error {error:.2e} against PyTorch, {limit:.0e} allowed; no pack was written"
                    )
    nodes = len(onnx.load(str(path), load_external_data=False).graph.node)
    return Checked(role_name, precision, nodes, path.stat().st_size, worst, coarse, spent)
