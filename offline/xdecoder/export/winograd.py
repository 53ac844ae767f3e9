"""3x3 convolutions as sixteen 1x1 ones on maps of half the size: 16 products for 36, the same numbers.

Winograd's F(2x2, 3x3): each 2x2 block of results comes from a 4x4 tile of inputs. Tiles are mixed by sums (B),
multiplied with the mixed kernel (G), and mixed again (A). The kernel is stored as it was and mixed in the graph: a
runtime folds that once when it loads, so the download does not grow. docs/decisions/0005-winograd.md
says where it pays.
"""

import numpy as np
import onnx
from onnx import NodeProto, helper, numpy_helper

Row = tuple[tuple[int, int], ...]
Rows = tuple[Row, ...]
# Rows of the mixing matrices as (index, sign); row i of B' and of A'.
TILE: Rows = (((0, 1), (2, -1)), ((1, 1), (2, 1)), ((2, 1), (1, -1)), ((1, 1), (3, -1)))
BLOCK: Rows = (((0, 1), (1, 1), (2, 1)), ((1, 1), (2, -1), (3, -1)))
KERNEL = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]], np.float32)
# Fewer channels are bound by memory, which this form asks more of.
LEAST_CHANNELS = 64
END = np.iinfo(np.int64).max


def _same_3x3(node: NodeProto, dims: dict[str, list[int]]) -> bool:
    """A dense convolution that keeps its size, with a constant kernel."""
    if node.op_type != "Conv" or node.input[1] not in dims:
        return False
    out, source, *kernel = dims[node.input[1]]
    given = {a.name: list(a.ints) for a in node.attribute if a.ints}
    plain = {"pads": [1, 1, 1, 1], "strides": [1, 1], "dilations": [1, 1]}
    groups = next((a.i for a in node.attribute if a.name == "group"), 1)
    return (
        kernel == [3, 3] and groups == 1 and min(out, source) >= LEAST_CHANNELS
        and given.get("pads") == plain["pads"]
        and all(given.get(k, v) == v for k, v in plain.items())
    )  # fmt: skip


def _even(node: NodeProto, made: dict[str, NodeProto]) -> bool:
    """Whether its map has even sides: the maps below a doubling Resize have."""
    waiting, seen = list(node.input), set()
    while waiting:
        name = waiting.pop()
        before = made.get(name)
        if before is None or name in seen:
            continue
        if before.op_type == "Resize":
            return True
        seen.add(name)
        waiting += before.input
    return False


class _Writer:
    """Nodes and constants of one rewritten convolution."""

    def __init__(self, graph: onnx.GraphProto, prefix: str) -> None:
        self.graph, self.prefix, self.nodes = graph, prefix, []

    def constant(self, name: str, values: np.ndarray | list[int]) -> str:
        array = np.array(values, np.int64) if isinstance(values, list) else values
        self.graph.initializer.append(numpy_helper.from_array(array, f"{self.prefix}{name}"))
        return f"{self.prefix}{name}"

    def node(self, kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [f"{self.prefix}{output}"], **attributes))
        return f"{self.prefix}{output}"

    def mixed(self, row: Row, names: list[str], output: str) -> str:
        """The signed sum of some tensors; the first sign is +."""
        total = names[row[0][0]]
        for step, (index, sign) in enumerate(row[1:]):
            total = self.node("Add" if sign > 0 else "Sub", [total, names[index]], f"{output}_{step}")
        return total

    def both_axes(self, rows: Rows, grid: list[list[str]], output: str) -> list[list[str]]:
        """rows @ grid @ rows' for a 4 x 4 grid of tensors."""
        down = [
            [self.mixed(row, [line[j] for line in grid], f"{output}_down_{k}{j}") for j in range(4)]
            for k, row in enumerate(rows)
        ]
        return [
            [self.mixed(row, line, f"{output}_{i}{k}") for k, row in enumerate(rows)] for i, line in enumerate(down)
        ]

    def kernels(self, kernel: str, out: int, source: int) -> list[str]:
        """Sixteen (out, source, 1, 1) from one (out, source, 3, 3), by products of constants."""
        both = np.einsum("iy,jx->yxij", KERNEL, KERNEL).reshape(9, 16)
        rows = self.node("Reshape", [kernel, self.constant("rows", [out * source, 9])], "by_pixel")
        mixed = self.node("MatMul", [rows, self.constant("mix", both)], "mixed")
        turned = self.node("Transpose", [mixed], "by_kernel", perm=[1, 0])
        whole = self.node("Reshape", [turned, self.constant("shape", [16 * out, source, 1, 1])], "kernels")
        names = [f"{self.prefix}kernel_{i}" for i in range(16)]
        self.nodes.append(helper.make_node("Split", [whole], names, axis=0, num_outputs=16))
        return names


def _rewritten(graph: onnx.GraphProto, node: NodeProto, out: int, source: int) -> list[NodeProto]:
    w = _Writer(graph, f"{node.output[0]}_w_")
    kernels = w.kernels(node.input[1], out, source)
    padded = w.node("Pad", [node.input[0], w.constant("pads", [0, 0, 1, 1, 0, 0, 1, 1])], "padded")
    axes, steps = w.constant("axes", [2, 3]), w.constant("steps", [2, 2])
    # Pixel (i, j) of every tile.
    ends = [i - 3 if i < 3 else END for i in range(4)]
    tiles = [
        [
            w.node(
                "Slice",
                [padded, w.constant(f"from_{i}{j}", [i, j]), w.constant(f"to_{i}{j}", [ends[i], ends[j]]), axes, steps],
                f"tile_{i}{j}",
            )
            for j in range(4)
        ]
        for i in range(4)
    ]
    mixed = w.both_axes(TILE, tiles, "tiles")
    products = [[w.node("Conv", [mixed[i][j], kernels[4 * i + j]], f"m_{i}{j}") for j in range(4)] for i in range(4)]
    blocks = [name for line in w.both_axes(BLOCK, products, "results") for name in line]
    together = w.node("Concat", blocks, "blocks", axis=1)
    result = w.node("DepthToSpace", [together], "result", blocksize=2, mode="DCR")
    if len(node.input) > 2:
        bias = w.node("Reshape", [node.input[2], w.constant("per_channel", [1, out, 1, 1])], "bias")
        result = w.node("Add", [result, bias], "biased")
    w.nodes[-1].output[0] = node.output[0]
    return w.nodes


def rewritable(graph: onnx.GraphProto) -> set[str]:
    """Names of the convolutions that `winograd` takes; nodes have names."""
    dims = {t.name: list(t.dims) for t in graph.initializer}
    made = {o: node for node in graph.node for o in node.output}
    return {node.name for node in graph.node if _same_3x3(node, dims) and _even(node, made)}


def winograd(graph: onnx.GraphProto) -> None:
    """Rewrites them in place. Batch 1, opset 18 or later."""
    dims = {t.name: list(t.dims) for t in graph.initializer}
    taken = rewritable(graph)
    nodes: list[NodeProto] = []
    for node in graph.node:
        if node.name in taken:
            out, source = dims[node.input[1]][:2]
            nodes += _rewritten(graph, node, out, source)
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
