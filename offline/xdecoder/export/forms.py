"""Which form of an operator a runtime computes fastest: each written out plainly and fused, timed in one run.

    python -m xdecoder.export.forms [--rounds 15]        (onnxruntime here, onnxruntime-web's WASM in Node)
    python -m xdecoder.export.forms --webgpu             (its WebGPU in Chromium: right or wrong, no times)

The sizes are those of Focal-T's decoder and the default model's at their usual pictures. Forms take turns, the best
time of each counts, so that what else the machine does falls on all alike. docs/export.md has the table.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper

from .. import command
from .integer_convs import quantise_convolutions
from .onnx_export import session
from .winograd import winograd

MICROSOFT = "com.microsoft"
ROOT = Path(__file__).parents[3]
Shapes = dict[str, tuple[int, ...]]


# Forms that the exporter itself makes of the plain one.
REWRITES: dict[str, Callable[[GraphProto], None]] = {
    "ConvInteger": lambda graph: quantise_convolutions(graph, set()),
    "Winograd": winograd,
}


@dataclass(frozen=True)
class Question:
    """The forms of one operation: name -> nodes from `inputs` and `constants` to "y"; the first is the plain one."""

    name: str
    inputs: Shapes
    output: tuple[int, ...]
    forms: dict[str, list[NodeProto]]
    constants: dict[str, np.ndarray] = field(default_factory=dict)


def _constant(name: str, value: float | list[int]) -> NodeProto:
    array = np.array(value, np.int64 if isinstance(value, list) else np.float32)
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(array))


def _node(kind: str, inputs: str, outputs: str, **attributes: object) -> NodeProto:
    fused = {"MultiHeadAttention", "QuickGelu", "SkipLayerNormalization"}
    domain = MICROSOFT if kind in fused else ""
    return helper.make_node(kind, inputs.split(), outputs.split(), domain=domain, **attributes)


def attention(name: str, rows: int, keys: int, heads: int, width: int, *, bias: bool) -> Question:
    """q (1, n, R, h), k (1, n, h, S), v (1, n, S, h), bias (1, 1, R, S) -> (1, R, n h)."""
    q, k, v = (1, heads, rows, width), (1, heads, width, keys), (1, heads, keys, width)
    inputs: Shapes = {"q": q, "k": k, "v": v} | ({"bias": (1, 1, rows, keys)} if bias else {})
    biased = [_node("Add", "s bias", "b")] if bias else [_node("Identity", "s", "b")]
    join = [_constant("whole", [1, rows, heads * width])]
    plain = [
        _constant("scale", width**-0.5), _node("Mul", "q scale", "u"), _node("MatMul", "u k", "s"), *biased,
        _node("Softmax", "b", "p", axis=-1), _node("MatMul", "p v", "o"),
        _node("Transpose", "o", "t", perm=[0, 2, 1, 3]), *join, _node("Reshape", "t whole", "y"),
    ]  # fmt: skip
    fused = [
        _node("Transpose", "q", "r", perm=[0, 2, 1, 3]), *join, _node("Reshape", "r whole", "u"),
        _node("Transpose", "k", "l", perm=[0, 1, 3, 2]),
        helper.make_node(
            "MultiHeadAttention", ["u", "l", "v", "", "", "bias" if bias else ""], ["y"],
            domain=MICROSOFT, num_heads=heads,
        ),
    ]  # fmt: skip
    forms = {"MatMul, Softmax, MatMul": plain, "MultiHeadAttention": fused}
    return Question(name, inputs, (1, rows, heads * width), forms)


def gelu(rows: int, width: int) -> Question:
    erf = [
        _constant("r", math.sqrt(0.5)), _constant("one", 1.0), _constant("half", 0.5), _node("Mul", "x r", "a"),
        _node("Erf", "a", "e"), _node("Add", "e one", "f"), _node("Mul", "x f", "g"), _node("Mul", "g half", "y"),
    ]  # fmt: skip
    shape = (1, rows, width)
    return Question(f"GELU {rows} x {width}", {"x": shape}, shape, {"Erf": erf, "Gelu": [_node("Gelu", "x", "y")]})


def quick_gelu(rows: int, width: int) -> Question:
    plain = [
        _constant("c", 1.702), _node("Mul", "x c", "a"), _node("Sigmoid", "a", "s"), _node("Mul", "x s", "y")
    ]  # fmt: skip
    fused = [_node("QuickGelu", "x", "y", alpha=1.702)]
    shape = (1, rows, width)
    return Question(f"quick GELU {rows} x {width}", {"x": shape}, shape, {"Sigmoid": plain, "QuickGelu": fused})


def norm(rows: int, width: int) -> Question:
    """LayerNorm of a residual sum."""
    axis = _constant("axis", [-1])
    plain = [
        axis, _constant("eps", 1e-5), _node("Add", "x z", "a"), _node("ReduceMean", "a axis", "m"),
        _node("Sub", "a m", "d"), _node("Mul", "d d", "q"), _node("ReduceMean", "q axis", "v"),
        _node("Add", "v eps", "w"), _node("Sqrt", "w", "r"), _node("Div", "d r", "n"), _node("Mul", "n g", "h"),
        _node("Add", "h b", "y"),
    ]  # fmt: skip
    layer = [_node("Add", "x z", "a"), _node("LayerNormalization", "a g b", "y", axis=-1, epsilon=1e-5)]
    skip = [_node("SkipLayerNormalization", "x z g b", "y", epsilon=1e-5)]
    shape = (1, rows, width)
    inputs: Shapes = {"x": shape, "z": shape, "g": (width,), "b": (width,)}
    forms = {"ReduceMean": plain, "LayerNormalization": layer, "SkipLayerNormalization": skip}
    return Question(f"LayerNorm of a sum {rows} x {width}", inputs, shape, forms)


def convolution(channels: int, height: int, width: int) -> Question:
    """3x3 over a doubled map, as in the pixel decoder."""
    kernel = np.random.default_rng(6).standard_normal((channels, channels, 3, 3)) / (channels * 9) ** 0.5
    constants = {"k": kernel.astype(np.float32), "scales": np.array([1, 1, 2, 2], np.float32)}
    nodes = [
        helper.make_node(
            "Resize", ["x", "", "scales"], ["u"], mode="nearest", coordinate_transformation_mode="asymmetric"
        ),
        helper.make_node("Conv", ["u", "k"], ["y"], name="conv", pads=[1, 1, 1, 1]),
    ]
    inputs: Shapes = {"x": (1, channels, height // 2, width // 2)}
    forms = {"Conv": nodes, **dict.fromkeys(REWRITES, nodes)}
    name = f"convolution 3 x 3, {channels} channels, {height} x {width}"
    return Question(name, inputs, (1, channels, height, width), forms, constants)


QUESTIONS = (
    attention("cross-attention 101 x 6144, 8 heads of 64", 101, 6144, 8, 64, bias=True),
    attention("cross-attention 65 x 3840, 8 heads of 32", 65, 3840, 8, 32, bias=True),
    attention("self-attention 101 x 101, 8 heads of 64", 101, 101, 8, 64, bias=True),
    attention("pixel decoder 384 x 384, 8 heads of 64", 384, 384, 8, 64, bias=False),
    attention("a word 1 x 110, 8 heads of 64", 1, 110, 8, 64, bias=False),
    gelu(6144, 384),
    quick_gelu(12, 2048),
    norm(101, 512),
    norm(6144, 96),
    convolution(512, 64, 96),
)


def model_of(question: Question, form: str) -> onnx.ModelProto:
    """One form as a graph of opset 20."""
    inputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in question.inputs.items()]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, question.output)
    constants = [numpy_helper.from_array(v, n) for n, v in question.constants.items()]
    graph = helper.make_graph(question.forms[form], "form", inputs, [output], constants)
    if form in REWRITES:
        REWRITES[form](graph)
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def feeds_of(question: Question) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    feeds = {n: rng.standard_normal(s).astype(np.float32) for n, s in question.inputs.items()}
    if "bias" in feeds:
        # As attention masks are: half of the keys are blocked.
        feeds["bias"] = np.where(feeds["bias"] < 0, np.float32(-1e4), np.float32(0))
    return feeds


def native(questions: list[Question], rounds: int, folder: Path) -> dict[str, tuple[float, float]]:
    """File -> best milliseconds and largest difference to the plain form; files and inputs stay in the folder."""
    found: dict[str, tuple[float, float]] = {}
    for i, question in enumerate(questions):
        feeds = feeds_of(question)
        for name, array in feeds.items():
            array.tofile(folder / f"{i}.{name}.f32")
        nets, best = {}, {}
        for j, form in enumerate(question.forms):
            onnx.save(model_of(question, form), str(folder / f"{i}.{j}.onnx"))
            nets[f"{i}.{j}"] = session(folder / f"{i}.{j}.onnx")
        outputs = {key: net.run(None, feeds)[0] for key, net in nets.items()}
        for _ in range(rounds):
            for key, net in nets.items():
                start = time.perf_counter()
                net.run(None, feeds)
                best[key] = min(best.get(key, math.inf), (time.perf_counter() - start) * 1000)
        plain = outputs[f"{i}.0"]
        plain.tofile(folder / f"{i}.y.f32")
        found |= {key: (best.get(key, math.inf), float(np.abs(outputs[key] - plain).max())) for key in nets}
    return found


def _in_node(script: str, questions: list[Question], folder: Path, *more: str) -> dict[str, Any]:
    """What a script of bench/ prints about the same files."""
    graphs = [
        {"inputs": q.inputs, "forms": [f"{i}.{j}" for j in range(len(q.forms))]} for i, q in enumerate(questions)
    ]
    (folder / "graphs.json").write_text(json.dumps(graphs))
    command = ["npx", "tsx", f"bench/{script}", str(folder), *more]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"bench/{script} failed: {done.stderr.strip()[-500:]}")
    return json.loads(done.stdout.splitlines()[-1])


def in_wasm(questions: list[Question], rounds: int, folder: Path) -> dict[str, tuple[float, float]]:
    """As `native`, in onnxruntime-web."""
    return {key: (v[0], v[1]) for key, v in _in_node("forms.ts", questions, folder, str(rounds)).items()}


def on_webgpu(questions: list[Question], folder: Path) -> None:
    """Prints each form's largest difference to the plain one in native onnxruntime."""
    found = _in_node("forms-gpu.ts", questions, folder)
    print("| | form | WebGPU error |\n|---|---|---|")
    for i, question in enumerate(questions):
        for j, form in enumerate(question.forms):
            error = found[f"{i}.{j}"]
            said = f"{error:.0e}" if isinstance(error, float | int) else error
            print(f"| {question.name if j == 0 else ''} | {form} | {said} |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", metavar="WORD", help="operations whose name has this in it")
    parser.add_argument("--webgpu", action="store_true", help="whether each form is right on WebGPU, instead of times")
    args = parser.parse_args()
    rounds, questions = args.rounds, [q for q in QUESTIONS if args.only in q.name]
    if not questions:
        parser.error(f"no operation's name has {args.only!r} in it; there are {', '.join(q.name for q in QUESTIONS)}")
    if args.webgpu:
        # The convolution's other forms are for WASM alone.
        questions, rounds = [q for q in questions if not REWRITES.keys() & q.forms.keys()], 0
    with tempfile.TemporaryDirectory() as work:
        here = native(questions, rounds, Path(work))
        try:
            if args.webgpu:
                on_webgpu(questions, Path(work))
                return 0
            web = in_wasm(questions, rounds, Path(work))
        except (OSError, RuntimeError) as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
    print("| | form | native ms | ratio | WASM ms | ratio | error |\n|---|---|---|---|---|---|---|")
    for i, question in enumerate(questions):
        for j, form in enumerate(question.forms):
            (a, off), (b, away) = here[f"{i}.{j}"], web[f"{i}.{j}"]
            first = (here[f"{i}.0"][0], web[f"{i}.0"][0])
            cells = (question.name if j == 0 else "", form, f"{a:.2f}", f"{a / first[0]:.2f}", f"{b:.2f}")
            print(f"| {' | '.join(cells)} | {b / first[1]:.2f} | {max(off, away):.0e} |")
    return 0


if __name__ == "__main__":
    command.run(main)
