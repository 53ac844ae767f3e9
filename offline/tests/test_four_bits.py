"""The token table in four bits: read by rows and multiplied, from the same bytes, near the numbers it held."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from xdecoder.export.four_bits import four_bit_tables, quantise_rows

ROWS, WIDTH = 600, 64


def table() -> np.ndarray:
    return np.random.default_rng(8).standard_normal((ROWS, WIDTH)).astype(np.float32)


def graph() -> onnx.ModelProto:
    """ids (1, 2) -> rows (1, 2, d); x (1, d) -> products with every row (1, ROWS), as the caption step has them."""
    nodes = [
        helper.make_node("Gather", ["t", "ids"], ["rows"], axis=0),
        helper.make_node("Gather", ["places", "ids"], ["place"], axis=0),
        helper.make_node("Transpose", ["x"], ["xt"], perm=[1, 0]),
        helper.make_node("MatMul", ["t", "xt"], ["p"]),
        helper.make_node("Transpose", ["p"], ["logits"], perm=[1, 0]),
    ]
    ports = [
        helper.make_tensor_value_info("ids", TensorProto.INT32, [1, 2]),
        helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, WIDTH]),
        helper.make_tensor_value_info("rows", TensorProto.FLOAT, [1, 2, WIDTH]),
        helper.make_tensor_value_info("place", TensorProto.FLOAT, [1, 2, WIDTH]),
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, ROWS]),
    ]
    constants = [numpy_helper.from_array(table(), "t"), numpy_helper.from_array(table()[:77], "places")]
    made = helper.make_graph(nodes, "g", ports[:2], ports[2:], constants)
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10)


def test_rows_and_products_are_those_of_one_rounded_table() -> None:
    model = graph()
    four_bit_tables(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    ids = np.array([[3, 76]], np.int32)
    x = np.random.default_rng(9).standard_normal((1, WIDTH)).astype(np.float32)
    rows, place, logits = session.run(["rows", "place", "logits"], {"ids": ids, "x": x})
    data, scales = quantise_rows(table())
    q = np.stack([data & 15, data >> 4], -1).reshape(ROWS, WIDTH).astype(np.float32) - 8
    rounded = (q.reshape(ROWS, -1, 32) * scales[..., None]).reshape(ROWS, WIDTH)
    np.testing.assert_allclose(rows[0], rounded[ids[0]], rtol=0, atol=1e-6)
    np.testing.assert_allclose(logits, x @ rounded.T, rtol=0, atol=1e-3)
    # A sixteenth of the largest value of a block, at most.
    peaks = np.abs(table()).reshape(ROWS, -1, 32).max(-1)
    assert (np.abs(rounded - table()).reshape(ROWS, -1, 32).max(-1) <= peaks / 8 + 1e-3).all()
    # The table of positions is small and stays.
    np.testing.assert_array_equal(place[0], table()[ids[0]])
    kept = {t.name: numpy_helper.to_array(t).tobytes() for t in model.graph.initializer}
    assert kept["t_rows"] == kept["t_columns"] and "t" not in kept
