"""Variants of a graph: where it may run, how its numbers are stored, how far it may be off.

Sensitive places stay float32 in every variant: layer norms, the mask embedding's products with the picture (they are
thresholded or shown), the class projections and the tables of queries and positions.
"""

import copy
import logging
from dataclasses import dataclass
from pathlib import Path

import onnx

from .check import Tolerance
from .four_bits import four_bit_linears, four_bit_tables
from .integer_convs import quantise_convolutions
from .onnx_export import tidy
from .operators import ALLOWED, ALLOWED_WASM
from .winograd import rewritable, winograd

EXACT = Tolerance(each=2e-4)
EXACT_OUTPUTS = ("masks", "embeddings", "image_query", "mask_embeddings", "logits", "pooled")
# Products whose result is thresholded or shown; recognised by what they lead to.
NORMS = ["LayerNormalization", "InstanceNormalization", "ReduceL2", "ReduceMin", "Less", "Resize", "GridSample"]


@dataclass(frozen=True)
class Precision:
    """`half`: float16 storage where exact. `rounded`: made from weights rounded to float16.

    `last_resort`: providers that run it only where no other precision of the pack is theirs.
    `pool`: start of the names of its weight files; precisions of one pool share them, and a browser fetches no other.
    """

    id: str
    providers: tuple[str, ...]
    tolerance: Tolerance
    half: bool = True
    rounded: bool = True
    pool: str = ""
    requires: tuple[str, ...] = ()
    last_resort: tuple[str, ...] = ()
    allowed: frozenset[str] = ALLOWED


PRECISIONS = {
    p.id: p
    for p in (
        Precision("fp16", ("webgpu",), Tolerance(None, 0.05), requires=("shader-f16",), last_resort=("wasm",)),
        Precision("int8", ("wasm",), Tolerance(None, 0.3), pool="int8.", allowed=ALLOWED_WASM),
        Precision("int4", ("webgpu", "wasm"), Tolerance(None, 0.5), pool="int4."),
        Precision("fp16-storage", ("webgpu", "wasm"), EXACT),
        Precision("fp32", ("webgpu", "wasm"), EXACT, half=False, rounded=False, pool="fp32."),
    )
}


def providers_in(precision: Precision, precisions: list[Precision]) -> list[str]:
    """Where a precision may run in a pack of these."""
    served = {name for p in precisions for name in p.providers}
    return [*precision.providers, *(name for name in precision.last_resort if name not in served)]


def variant(graph: onnx.ModelProto, precision: Precision, opset: int, work: Path) -> onnx.ModelProto:
    """The graph in a precision; the original is left as it is."""
    if precision.id in ("fp32", "fp16-storage"):
        return copy.deepcopy(graph)
    made = {"fp16": _half_compute, "int8": _int8, "int4": _int4}[precision.id](copy.deepcopy(graph), work)
    tidy(made, opset)
    return made


def sensitive(graph: onnx.GraphProto) -> set[str]:
    """Names of the products that stay float32: from each output or comparison back to the first product, and tables."""
    made = {o: node for node in graph.node for o in node.output}
    constants = {t.name for t in graph.initializer}
    ends = [o.name for o in graph.output if o.name in EXACT_OUTPUTS]
    ends += [node.input[0] for node in graph.node if node.op_type == "Less"]
    kept: set[str] = set()
    while ends:
        node = made.get(ends.pop())
        if node is None or node.name in kept:
            continue
        kept.add(node.name)
        if node.op_type in ("MatMul", "Gemm"):
            # A product of two computed tensors (mask embedding by features): the linear before it counts as well.
            if not any(i in constants for i in node.input):
                ends += list(node.input)[:1]
            continue
        ends += [i for i in node.input if i in made][:1]
    return kept


def _named(model: onnx.ModelProto) -> onnx.ModelProto:
    """Quantisers choose nodes by name; tidied graphs have none."""
    for i, node in enumerate(model.graph.node):
        node.name = f"n{i}"
    return model


def _half_compute(model: onnx.ModelProto, _: Path) -> onnx.ModelProto:
    from onnxruntime.transformers.float16 import DEFAULT_OP_BLOCK_LIST, convert_float_to_float16

    model = onnx.shape_inference.infer_shapes(_named(model))
    return convert_float_to_float16(
        model,
        keep_io_types=True,
        op_block_list=[*DEFAULT_OP_BLOCK_LIST, *NORMS],
        node_block_list=sorted(sensitive(model.graph)),
        disable_shape_infer=True,
    )


def _int8(model: onnx.ModelProto, work: Path) -> onnx.ModelProto:
    """The fastest forms of the WASM provider: weights per column or channel to int8, activations at run time; the large
    3x3 convolutions as fast, and exact, in Winograd's form.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    source, target = work / "int8.in.onnx", work / "int8.out.onnx"
    exact = sensitive(_named(model).graph)
    quantise_convolutions(model.graph, exact | rewritable(model.graph))
    onnx.save(model, str(source))
    logging.getLogger().setLevel(logging.ERROR)
    quantize_dynamic(
        str(source),
        str(target),
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=sorted(exact),
        extra_options={"MatMulConstBOnly": True},
    )
    made = onnx.load(str(target))
    winograd(made.graph)
    return made


def _int4(model: onnx.ModelProto, _: Path) -> onnx.ModelProto:
    """Large linears and the token table in blocks of 32 four-bit weights: the smallest download."""
    made = four_bit_linears(_named(model), sorted(sensitive(model.graph)))
    four_bit_tables(made)
    return made
