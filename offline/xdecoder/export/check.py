"""A graph against PyTorch, on several sizes, before anybody may use it.

Where an attention mask hangs on a logit within float32's noise of 0, two right programs may differ by a whole key. With
hundreds of queries that happens in every third picture or so, so such a miss is looked into: PyTorch computes again
with the decisions that the graph took, and it passes only if every mask logit behind them and every result then agrees
(parity/ties.py).
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
from ..parity.ties import Followed
from ..runtime.decisions import watched_session
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
    model: XDecoder,
    run: Callable[[], Outputs],
    given: Sequence[np.ndarray],
    limit: float | None,
    decided: Callable[[], Sequence[Tensor]],
) -> tuple[Outputs, int]:
    """PyTorch's outputs; where a number is beyond the limit, those with the graph's decisions, and how many differ.

    decided: the graph's mask logits, layer by layer. They are held to the same limit, so a decision can only be turned
    where its logit is that close to 0.
    """

    def agree(expected: Outputs) -> bool:
        pairs = zip(given, (t.numpy() for t in expected), strict=True)
        return all(g.shape == e.shape and bool((np.abs(g - e) <= limit * (1 + np.abs(e))).all()) for g, e in pairs)

    expected = run()
    if limit is None or agree(expected):
        return expected, 0
    with Followed(model, decided()) as followed:
        found = run()
    return (found, len(followed.turned)) if followed.error <= limit and agree(found) else (expected, 0)


def _decisions(path: Path, feeds: dict[str, np.ndarray]) -> list[Tensor]:
    """The graph's mask logits on one set of inputs."""
    net, names = watched_session(path)
    return [torch.from_numpy(x) for x in net.run(names, feeds)] if names else []


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
            decided = partial(_decisions, path, feeds)
            expected, turned = _beside(model, partial(wrapper, *args), given, tolerance.each, decided)
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
