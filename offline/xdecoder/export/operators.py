"""Operators for the browser: the model's own modules, traced with forms that WebGPU runs and runs well.

Attention is two plain products with a softmax between: the fused operator gives wrong numbers on adapters with small
subgroups. The einsums of the model become products: a runtime's own Einsum of three operands loops over both sums.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import onnx
import torch
from torch import Tensor

from ..model.attention import Attention

# Runs on WebGPU with right numbers (measured), or is arithmetic on shapes, which runtimes keep on the host.
ALLOWED = frozenset(
    [
        "Add", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Constant", "Conv", "Div", "Erf",
        "Exp", "Expand", "Flatten", "Gather", "Gelu", "Gemm", "GlobalAveragePool", "GridSample", "Identity",
        "InstanceNormalization", "LayerNormalization", "Less", "MatMul", "Max", "Mul", "Neg", "Pad", "Pow",
        "Reciprocal", "ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "Relu", "Reshape",
        "Resize", "Shape", "Sigmoid", "Slice", "Softmax", "Split", "Sqrt", "Squeeze", "Sub", "Tanh",
        "Transpose", "Unsqueeze", "MatMulNBits", "GatherBlockQuantized", "DequantizeLinear",
    ]
)
# The int8 variant is for the WASM provider alone.
ALLOWED_WASM = ALLOWED | {"ConvInteger", "DepthToSpace", "DynamicQuantizeLinear", "MatMulInteger"}
_einsum = torch.einsum


def plain_attend(self: Attention, q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None = None) -> Tensor:
    """Attention.attend as MatMul, Softmax, MatMul."""
    scores = (q * (self.dim // self.heads) ** -0.5) @ k.transpose(2, 3)
    scores = scores if bias is None else scores + bias
    y = torch.softmax(scores, -1) @ v
    return self.out_proj(y.transpose(1, 2).flatten(2))


def product_einsum(equation: str, *operands: Any) -> Tensor:
    """The model's two einsums as matrix products; any other stays what it is."""
    if equation == "yh,bchw,xw->bcyx":
        ry, x, rx = operands
        return ry @ (x @ rx.T)
    if equation == "bqc,bchw->bqhw":
        e, x = operands
        return (e @ x.flatten(2)).unflatten(2, x.shape[2:])
    return _einsum(equation, *operands)


@contextmanager
def browser_operators() -> Iterator[None]:
    """While it lasts, the model computes by the forms above."""
    with mock.patch.object(Attention, "attend", plain_attend), mock.patch.object(torch, "einsum", product_einsum):
        yield


def refused(graph: onnx.GraphProto, allowed: frozenset[str] = ALLOWED) -> list[str]:
    """Operators of a graph that browsers do not run well, with the reason where there is a special one."""
    bad = {node.op_type for node in graph.node if node.op_type not in allowed}
    for node in graph.node:
        if node.op_type == "Resize" and any(a.name == "antialias" and a.i for a in node.attribute):
            bad.add("Resize with antialias")
    return sorted(bad)
