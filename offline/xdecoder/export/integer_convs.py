"""Convolutions in int8 for the WASM provider: weights per output channel, the picture's values at run time.

The provider's float32 convolution is its slowest part: a dense one runs 2 to 4 times faster on 8-bit numbers.
Depthwise ones do not, and stay as they are.
"""

import numpy as np
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

# Products a moved number: below this a convolution waits for memory, and quantising its input costs more than it saves.
LEAST_WORK = 40
# The provider multiplies unsigned weights, so int8 ones are moved up by this zero point.
MIDDLE = 128


def _worth_it(weight: np.ndarray, groups: int) -> bool:
    outputs, inputs, height, width = weight.shape
    return groups == 1 and inputs * outputs * height * width / (inputs + outputs) >= LEAST_WORK


def _groups(node: NodeProto) -> int:
    return next((a.i for a in node.attribute if a.name == "group"), 1)


def quantise_convolutions(graph: GraphProto, kept: set[str]) -> None:
    """Replaces every dense convolution worth it, but for those whose name is in `kept`, in place.

    y = scale(x) scale(w) ConvInteger(q(x), q(w)) + bias, with one scale of x for the whole tensor.
    """
    weights = {t.name: t for t in graph.initializer}
    quantised: dict[str, str] = {}
    nodes: list[NodeProto] = []
    for node in graph.node:
        tensor = weights.get(node.input[1]) if node.op_type == "Conv" else None
        weight = None if tensor is None else numpy_helper.to_array(tensor)
        if weight is None or weight.ndim != 4 or node.name in kept or not _worth_it(weight, _groups(node)):
            nodes.append(node)
            continue
        x = node.input[0]
        if x not in quantised:
            quantised[x] = f"{node.name}_x"
            q = quantised[x]
            nodes.append(helper.make_node("DynamicQuantizeLinear", [x], [q, f"{q}_scale", f"{q}_zero"]))
        nodes += _integer(graph, node, weight, quantised[x], weights)
    del graph.node[:]
    graph.node.extend(nodes)
    used = {i for node in nodes for i in node.input}
    stay = [t for t in graph.initializer if t.name in used]
    del graph.initializer[:]
    graph.initializer.extend(stay)


def _integer(
    graph: GraphProto, node: NodeProto, weight: np.ndarray, x: str, weights: dict[str, TensorProto]
) -> list[NodeProto]:
    """The nodes in place of one convolution, their constants added to the graph."""
    name, (target,) = node.name, node.output
    column = (1, len(weight), 1, 1)
    scale = np.abs(weight).max((1, 2, 3)) / (MIDDLE - 1)
    scale[scale == 0] = 1
    rounded = np.round(weight / scale[:, None, None, None]) + MIDDLE
    constants = {
        f"{name}_w": rounded.astype(np.uint8),
        f"{name}_w_zero": np.array(MIDDLE, np.uint8),
        f"{name}_w_scale": scale.reshape(column).astype(np.float32),
    }
    bias = node.input[2] if len(node.input) > 2 else ""
    if bias:
        constants[f"{name}_b"] = numpy_helper.to_array(weights[bias]).reshape(column)
    graph.initializer.extend(numpy_helper.from_array(array, key) for key, array in constants.items())
    attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    scaled = f"{name}_y" if bias else target
    return [
        helper.make_node("ConvInteger", [x, f"{name}_w", f"{x}_zero", f"{name}_w_zero"], [f"{name}_i"], **attributes),
        helper.make_node("Cast", [f"{name}_i"], [f"{name}_f"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{x}_scale", f"{name}_w_scale"], [f"{name}_scale"]),
        helper.make_node("Mul", [f"{name}_f", f"{name}_scale"], [scaled]),
        *([helper.make_node("Add", [scaled, f"{name}_b"], [target])] if bias else []),
    ]
