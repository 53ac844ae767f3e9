"""Four-bit weights in blocks of 32 along what is summed: the large linears, and the table of tokens.

The table is read in two ways, by rows (a word goes in) and as a product (the next word comes out). Both operators keep
a row's blocks in the same bytes, so it is stored once for every graph of the pack.
"""

import numpy as np
import onnx
from onnx import helper, numpy_helper

BLOCK = 32
# Tables of positions and queries are smaller than any vocabulary, and stay as they are.
TABLE_ROWS = 512
DOMAIN = "com.microsoft"


def quantise_rows(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(rows, d) -> bytes (rows, d / 2), the even column in the low half, and scales (rows, d / 32)."""
    rows, width = table.shape
    blocks = table.reshape(rows, width // BLOCK, BLOCK)
    # The value of largest magnitude becomes -8, so all sixteen steps are used.
    peak = np.take_along_axis(blocks, np.abs(blocks).argmax(-1, keepdims=True), -1)
    scales = (peak / -8).astype(np.float16).astype(np.float32)
    steps = np.divide(blocks, scales, out=np.zeros_like(blocks), where=scales != 0)
    q = np.clip(np.rint(steps) + 8, 0, 15).astype(np.uint8).reshape(rows, width)
    return q[:, 0::2] | (q[:, 1::2] << 4), scales[..., 0]


def four_bit_linears(model: onnx.ModelProto, excluded: list[str]) -> onnx.ModelProto:
    """Every product with a constant but the excluded ones, by name; activations stay float32."""
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    quantiser = MatMulNBitsQuantizer(model, block_size=BLOCK, is_symmetric=True, nodes_to_exclude=excluded)
    quantiser.process()
    made = quantiser.model.model
    scales = {node.input[2] for node in made.graph.node if node.op_type == "MatMulNBits"}
    for tensor in made.graph.initializer:
        if tensor.name in scales:
            # Held exactly by float16, so that half storage takes them.
            array = numpy_helper.to_array(tensor).astype(np.float16).astype(np.float32)
            tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    return made


def four_bit_tables(model: onnx.ModelProto) -> None:
    """In place: tables of words that rows are gathered from, and their products, share four-bit rows."""
    graph = model.graph
    gathered = {node.input[0] for node in graph.node if node.op_type == "Gather"}
    for tensor in list(graph.initializer):
        shape = list(tensor.dims)
        if tensor.name in gathered and len(shape) == 2 and shape[0] > TABLE_ROWS and shape[1] % BLOCK == 0:
            _replace(graph, tensor)


def _replace(graph: onnx.GraphProto, tensor: onnx.TensorProto) -> None:
    name, (rows, width) = tensor.name, tensor.dims
    data, scales = quantise_rows(numpy_helper.to_array(tensor))
    blocks = width // BLOCK
    graph.initializer.remove(tensor)
    graph.initializer.append(numpy_helper.from_array(data, f"{name}_rows"))
    graph.initializer.append(numpy_helper.from_array(scales, f"{name}_row_scales"))
    made = {o: node for node in graph.node for o in node.output}
    for node in list(graph.node):
        if name not in node.input:
            continue
        if node.op_type == "Gather":
            new = helper.make_node(
                "GatherBlockQuantized", [f"{name}_rows", node.input[1], f"{name}_row_scales"], node.output,
                domain=DOMAIN, gather_axis=0, quantize_axis=1, block_size=BLOCK, bits=4,
            )  # fmt: skip
            replaced = [new]
        elif node.op_type == "MatMul" and node.input[0] == name:
            # table @ x = (x' @ table')': the transposed operand is undone, or made where there is none.
            before = made.get(node.input[1])
            undone = before is not None and before.op_type == "Transpose"
            x, y = before.input[0] if undone else f"{name}_x", f"{name}_y"
            graph.initializer.append(numpy_helper.from_array(data.reshape(rows, blocks, -1), f"{name}_columns"))
            product = helper.make_node(
                "MatMulNBits", [x, f"{name}_columns", f"{name}_row_scales"], [y],
                domain=DOMAIN, K=width, N=rows, bits=4, block_size=BLOCK,
            )  # fmt: skip
            turned = [] if undone else [helper.make_node("Transpose", [node.input[1]], [x], perm=[1, 0])]
            replaced = [*turned, product, helper.make_node("Transpose", [y], node.output, perm=[1, 0])]
        else:
            raise ValueError(f"a table of words is read by {node.op_type}, which has no four-bit form here")
        at = list(graph.node).index(node)
        graph.node.remove(node)
        for offset, new in enumerate(replaced):
            graph.node.insert(at + offset, new)
