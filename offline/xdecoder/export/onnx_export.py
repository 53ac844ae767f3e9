"""A wrapper to an ONNX file with dynamic axes; constants folded, no more nodes than needed."""

import inspect
import io
import logging
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import onnx
import onnxruntime
import torch

from ..model.xdecoder import XDecoder
from .graphs import ROLES, Role
from .operators import browser_operators, refused
from .ports import Port


class ExportError(RuntimeError):
    """A graph that may not go into a pack."""


def _dynamic_shapes(role: Role, graph: torch.nn.Module, ports: list[Port]) -> tuple[object, ...]:
    """torch.export's description of the dynamic axes, nested as the arguments of `forward`."""
    shapes = [{axis: torch.export.Dim.DYNAMIC for axis in port.axes} for port in ports]
    named = [k for k in inspect.signature(graph.forward).parameters.values() if k.kind != k.VAR_POSITIONAL]
    rest = shapes[len(named) :]
    return (*shapes[: len(named)], tuple(rest)) if rest else tuple(shapes)


def export_graph(model: XDecoder, name: str, args: list[torch.Tensor], path: Path) -> None:
    """Writes one role's fp32 graph; `args` are example inputs of the traced size."""
    role = ROLES[name]
    inputs, outputs = role.inputs(model.config), role.outputs(model.config)
    graph = role.build(model).eval()
    # The exporter reports every step on both streams; its errors are raised.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    silence = io.StringIO()
    with (
        torch.no_grad(), warnings.catch_warnings(), browser_operators(),
        redirect_stdout(silence), redirect_stderr(silence),
    ):
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            graph,
            tuple(args),
            dynamo=True,
            dynamic_shapes=_dynamic_shapes(role, graph, inputs),
            input_names=[p.name for p in inputs],
            output_names=[p.name for p in outputs],
            opset_version=role.opset,
            optimize=True,
            verbose=False,
        )
    if program is None:
        raise ExportError(f"graph '{name}' was not exported")
    program.save(str(path))


def _opened(path: Path | str, options: onnxruntime.SessionOptions, **more: Any) -> onnxruntime.InferenceSession:
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"], **more)
    except Exception as error:  # onnxruntime has no common base class
        raise ExportError(f"{Path(path).name} does not load in onnxruntime: {error}") from error


def session(path: Path | str, threads: int = 1) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return _opened(path, options)


def simplify(source: Path, target: Path) -> None:
    """Folds constants (unused thirds of the projections, shapes, masks) with standard operators only."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 3
    # A product stays a MatMul: that is what quantisers look for, and every runtime makes its own Gemm of it.
    _opened(source, options, disabled_optimizers=["MatMulAddFusion"])


def tidy(model: onnx.ModelProto, opset: int) -> None:
    """Drops what exporters leave behind: descriptions, foreign domains, long inner names, inputs nobody reads."""
    graph = model.graph
    model.producer_name, model.producer_version, model.doc_string = "xdecoder", "", ""
    graph.name, graph.doc_string = "graph", ""
    del model.metadata_props[:], graph.metadata_props[:], graph.value_info[:], model.functions[:]
    domains = {node.domain for node in graph.node if node.domain}
    del model.opset_import[:]
    model.opset_import.append(onnx.helper.make_opsetid("", opset))
    model.opset_import.extend(onnx.helper.make_opsetid(domain, 1) for domain in sorted(domains))
    used = {i for node in graph.node for i in node.input}
    kept = [i for i in graph.input if i.name in used]
    del graph.input[:]
    graph.input.extend(kept)
    border = {v.name for v in (*graph.input, *graph.output)} | {""}
    short: dict[str, str] = {}

    def rename(name: str) -> str:
        return name if name in border else short.setdefault(name, f"v{len(short)}")

    for tensor in graph.initializer:
        tensor.name, tensor.doc_string = rename(tensor.name), ""
        del tensor.metadata_props[:]
    for node in graph.node:
        node.name, node.doc_string = "", ""
        del node.metadata_props[:]
        node.input[:] = [rename(i) for i in node.input]
        node.output[:] = [rename(o) for o in node.output]
    for value in (*graph.input, *graph.output):
        value.doc_string = ""
        del value.metadata_props[:]


def browser_graph(model: XDecoder, name: str, args: list[torch.Tensor], work: Path) -> onnx.ModelProto:
    """One role's graph, folded and tidied, with every operator allowed."""
    raw, small = work / f"{name}.raw.onnx", work / f"{name}.onnx"
    export_graph(model, name, args, raw)
    simplify(raw, small)
    proto = onnx.load(str(small))
    tidy(proto, ROLES[name].opset)
    if bad := refused(proto.graph):
        raise ExportError(f"graph '{name}' has operators that browsers run badly: {', '.join(bad)}")
    return proto
