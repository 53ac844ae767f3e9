"""Convolutions in Winograd's form give the same numbers, and only those that may be rewritten are."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from xdecoder.export.winograd import rewritable, winograd


def graph(channels: int, *, doubled: bool, bias: bool, kernel: int = 3, stride: int = 1) -> onnx.ModelProto:
    """[x, doubled or not] -> convolution, `channels` in and 80 out."""
    rng = np.random.default_rng(2)
    shape = (80, channels, kernel, kernel)
    tensors = {
        "k": (rng.standard_normal(shape) / (channels * 9) ** 0.5).astype(np.float32),
        "b": rng.standard_normal(80).astype(np.float32),
        "scales": np.array([1, 1, 2, 2], np.float32),
    }
    before = helper.make_node(
        "Resize", ["x", "", "scales"], ["u"], mode="nearest", coordinate_transformation_mode="asymmetric"
    )
    inputs = ["u" if doubled else "x", "k", *(["b"] if bias else [])]
    conv = helper.make_node("Conv", inputs, ["y"], name="conv", pads=[kernel // 2] * 4, strides=[stride] * 2)
    ports = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, None, None, None]) for n in ("x", "y")]
    made = helper.make_graph(
        [*([before] if doubled else []), conv], "g", ports[:1], ports[1:],
        [numpy_helper.from_array(v, n) for n, v in tensors.items()],
    )  # fmt: skip
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def run(model: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (8, 14), (14, 8)])
@pytest.mark.parametrize("bias", [False, True])
def test_same_numbers(size: tuple[int, int], bias: bool) -> None:
    x = np.random.default_rng(4).standard_normal((1, 96, *size)).astype(np.float32)
    model = graph(96, doubled=True, bias=bias)
    expected = run(model, x)
    stored = sum(t.ByteSize() for t in model.graph.initializer)
    winograd(model.graph)
    assert sum(n.op_type == "Conv" for n in model.graph.node) == 16
    onnx.checker.check_model(model)
    np.testing.assert_allclose(run(model, x), expected, rtol=0, atol=2e-5)
    assert sum(t.ByteSize() for t in model.graph.initializer) < stored + 4000


def test_what_stays() -> None:
    """Maps that may have odd sides, few channels, other kernels and strides."""
    assert rewritable(graph(96, doubled=True, bias=False).graph) == {"conv"}
    assert rewritable(graph(96, doubled=False, bias=False).graph) == set()
    assert rewritable(graph(16, doubled=True, bias=False).graph) == set()
    assert rewritable(graph(96, doubled=True, bias=False, kernel=1).graph) == set()
    assert rewritable(graph(96, doubled=True, bias=False, stride=2).graph) == set()
