"""Convolutions rewritten for the WASM provider compute what they did, and only those worth it are rewritten."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from xdecoder.export.integer_convs import quantise_convolutions

RANDOM = np.random.default_rng(5)


def conv_graph(weight: np.ndarray, *, bias: bool, groups: int = 1, **attributes: object) -> onnx.ModelProto:
    constants = {"w": weight} | ({"b": RANDOM.normal(size=len(weight)).astype(np.float32)} if bias else {})
    node = helper.make_node("Conv", ["x", *constants], ["y"], name="c", group=groups, **attributes)
    graph = helper.make_graph(
        [node],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, weight.shape[1] * groups, 20, 28])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def run(model: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"x": x})[0])


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("kernel", "attributes"), [(1, {}), (3, {"pads": [1, 1, 1, 1]}), (3, {"strides": [2, 2]})])
def test_a_dense_convolution_stays_near_itself(kernel: int, attributes: dict[str, object], bias: bool) -> None:
    weight = RANDOM.normal(size=(96, 80, kernel, kernel)).astype(np.float32)
    # Channels of very different size: one scale for all of them would lose the small ones.
    weight *= np.geomspace(1e-3, 1, len(weight), dtype=np.float32)[:, None, None, None]
    x = RANDOM.normal(size=(1, 80, 20, 28)).astype(np.float32) + 0.5
    model = conv_graph(weight, bias=bias, **attributes)
    wanted = run(model, x)
    quantise_convolutions(model.graph, set())
    assert "ConvInteger" in {n.op_type for n in model.graph.node}
    assert "w" not in {t.name for t in model.graph.initializer}
    given = run(model, x)
    assert given.shape == wanted.shape
    spread = np.abs(given - wanted).mean((0, 2, 3)) / wanted.std((0, 2, 3))
    assert spread.max() < 0.02


def test_depthwise_narrow_and_kept_convolutions_stay() -> None:
    wide = RANDOM.normal(size=(96, 80, 1, 1)).astype(np.float32)
    depthwise = RANDOM.normal(size=(96, 1, 5, 5)).astype(np.float32)
    narrow = RANDOM.normal(size=(96, 16, 1, 1)).astype(np.float32)
    for weight, groups, kept in ((depthwise, 96, set()), (narrow, 1, set()), (wide, 1, {"c"})):
        model = conv_graph(weight, bias=True, groups=groups)
        before = model.SerializeToString()
        quantise_convolutions(model.graph, kept)
        assert model.SerializeToString() == before
