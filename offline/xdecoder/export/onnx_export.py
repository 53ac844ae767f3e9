"""A wrapper to an ONNX graph, checked against PyTorch on several sizes before anybody may use it."""

import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor

from ..model.xdecoder import XDecoder
from .graphs import ROLES, example_inputs

OPSET = 18
# Two sizes and two lengths: what is constant in one and not in the other would be caught.
CHECK_SIZES = ((256, 320, 6), (192, 128, 9))


class ExportError(RuntimeError):
    """A graph that differs from the model it was made from."""


@dataclass(frozen=True)
class ExportedGraph:
    role: str
    path: Path
    nodes: int
    bytes: int
    max_error: float
    milliseconds: float


def export_graph(model: XDecoder, role_name: str, path: Path) -> None:
    """Writes one role's fp32 graph with dynamic axes."""
    role = ROLES[role_name]
    inputs, outputs = role.inputs(model.config), role.outputs(model.config)
    height, width, tokens = CHECK_SIZES[0]
    args = tuple(example_inputs(model, height, width, tokens)[role_name])
    axes = {p.name: p.axes for p in (*inputs, *outputs) if p.axes}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            role.build(model).eval(),
            args,
            str(path),
            input_names=[p.name for p in inputs],
            output_names=[p.name for p in outputs],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
            do_constant_folding=True,
        )


def session(path: Path, threads: int = 1) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def check_graph(model: XDecoder, role_name: str, path: Path, tolerance: float) -> ExportedGraph:
    """Runs the graph beside the model; |a - b| <= tolerance x (1 + |b|) everywhere or ExportError."""
    role = ROLES[role_name]
    net = session(path)
    names = [p.name for p in role.inputs(model.config)]
    wrapper = role.build(model).eval()
    worst, spent = 0.0, 0.0
    for height, width, tokens in CHECK_SIZES:
        args: list[Tensor] = example_inputs(model, height, width, tokens)[role_name]
        with torch.no_grad():
            expected = wrapper(*args)
        feeds = {n: a.numpy() for n, a in zip(names, args, strict=True)}
        start = time.perf_counter()
        given = net.run(None, feeds)
        spent = (time.perf_counter() - start) * 1000
        for port, e, g in zip(role.outputs(model.config), expected, given, strict=True):
            error = float(np.max(np.abs(np.asarray(g) - e.numpy()) / (1 + np.abs(e.numpy()))))
            worst = max(worst, error)
            if not error <= tolerance:
                raise ExportError(
                    f"graph '{role_name}', output '{port.name}' at {height} x {width}: error {error:.2e} "
                    f"against PyTorch, {tolerance:.0e} allowed; no pack was written"
                )
    nodes = len(onnx.load(str(path), load_external_data=False).graph.node)
    return ExportedGraph(role_name, path, nodes, path.stat().st_size, worst, spent)
