"""The exporter: graphs that equal the model at any size, packs that are whole, and every way of getting none."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from conftest import SMALL

from xdecoder.export import __main__ as command
from xdecoder.export import pack
from xdecoder.export.check import Tolerance, check_graph
from xdecoder.export.examples import CHECKED, Examples
from xdecoder.export.onnx_export import ExportError
from xdecoder.export.pack import PackRequest, write_pack
from xdecoder.export.precision import PRECISIONS
from xdecoder.export.profiles import profile_of
from xdecoder.export.source import tokenizer_for
from xdecoder.model import plans
from xdecoder.model.config import TINY, TINY_SEEM, XDecoderConfig
from xdecoder.parity.inputs import test_image as make_image
from xdecoder.parity.weights import generated_model, state_dict_of
from xdecoder.preprocess import InputSize, open_picture
from xdecoder.runtime import Features, Runtime, TorchRuntime
from xdecoder.runtime.pack import open_pack
from xdecoder.runtime.pack_runtime import PackRuntime
from xdecoder.tasks.caption import greedy
from xdecoder.tasks.grounding import read_phrase
from xdecoder.tasks.prompts import box, visual_prompt

FIXTURE = Path(__file__).parents[2] / "e2e" / "fixtures" / "packs" / "tiny"
SIZES = [(250, 417), (417, 250), (33, 300)]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Callable[[XDecoderConfig], Path]:
    folder = tmp_path_factory.mktemp("packs")

    @cache
    def make(config: XDecoderConfig) -> Path:
        precisions = ["fp32", "int4"] if config is TINY else ["fp32"]
        arguments = ["--config", config.name, "--out", str(folder / config.name), "--presets", "--precision"]
        assert command.main([*arguments, *precisions]) == 0
        return folder / config.name

    return make


def close(found: torch.Tensor, expected: torch.Tensor) -> None:
    torch.testing.assert_close(found, expected, rtol=2e-4, atol=2e-4)


def both(config: XDecoderConfig, folder: Path, size: tuple[int, int]) -> Iterator[tuple[Runtime, Features]]:
    for runtime in (TorchRuntime(generated_model(config)), PackRuntime(folder, variant="fp32")):
        picture = open_picture(make_image(*size), InputSize(0), config.preprocess)
        yield runtime, runtime.image(picture.pixels)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_graphs_equal_the_model_at_sizes_they_were_not_traced_with(
    packs: Callable[[XDecoderConfig], Path], size: tuple[int, int]
) -> None:
    folder = packs(TINY)
    codec = PackRuntime(folder, variant="fp32").codec
    results = []
    for runtime, features in both(TINY, folder, size):
        phrase = read_phrase(runtime, codec, "the wall on the left")
        base, found = runtime.base(features), runtime.ground(features, phrase.tokens)
        hidden = torch.ones(size, dtype=torch.bool)
        hidden[: size[0] // 2, : size[1] // 2] = False
        words = greedy(runtime, features, hidden=hidden, steps=3, stop=False)
        assert features.image_embedding is not None
        tensors = [base.masks, base.embeddings, found.masks, found.embeddings, features.image_embedding]
        results.append(([*tensors, *words.logits, runtime.vqa(features, phrase.tokens)], words.token_ids))
    (expected, ids), (given, other) = results
    assert ids == other
    for a, b in zip(given, expected, strict=True):
        close(a, b)


@pytest.mark.parametrize("size", SIZES[:2], ids=lambda s: f"{s[0]}x{s[1]}")
def test_visual_prompts_too(packs: Callable[[XDecoderConfig], Path], size: tuple[int, int]) -> None:
    results = []
    for runtime, features in both(TINY_SEEM, packs(TINY_SEEM), size):
        prompts = [
            visual_prompt(runtime, features, box(features.padded, 20, 30, 60, 90)),
            visual_prompt(runtime, features, box(features.padded, 0, 0, 5, 5), positive=False),
        ]
        prediction = runtime.prompted(features, None, prompts)
        results.append([prediction.masks, prediction.embeddings, *(p.pooled for p in prompts), *prompts[1].tokens])
    for a, b in zip(*results, strict=True):
        close(a, b)


def test_a_pack_names_its_files_and_every_graph_its_ports(packs: Callable[[XDecoderConfig], Path]) -> None:
    """open_pack holds every size and hash against the manifest."""
    manifest = open_pack(packs(TINY)).manifest
    for variant in manifest["variants"]:
        for role, graph in variant["graphs"].items():
            proto = onnx.load(str(packs(TINY) / graph["file"]), load_external_data=False).graph
            assert [p["name"] for p in graph["inputs"]] == [v.name for v in proto.input], role
            assert [p["name"] for p in graph["outputs"]] == [v.name for v in proto.output], role
    assert {v["id"] for v in manifest["variants"]} == {"fp32", "int4"}


def operators(path: Path) -> list[str]:
    return [n.op_type for n in onnx.load(str(path), load_external_data=False).graph.node]


def test_int4_holds_linears_and_the_token_table_and_spares_the_tails(packs: Callable[[XDecoderConfig], Path]) -> None:
    folder = packs(TINY)
    assert "GatherBlockQuantized" in operators(folder / "text.int4.onnx")
    step = operators(folder / "caption_step.int4.onnx")
    assert "GatherBlockQuantized" in step and "MatMulNBits" in step
    base = onnx.load(str(folder / "base.int4.onnx"), load_external_data=False).graph
    made = {o: n for n in base.node for o in n.output}
    assert sum(n.op_type == "MatMulNBits" for n in base.node) > 10
    # What masks are made of, last to first: the product with the features, then the mask MLP's last linear.
    node = next(n for n in base.node if "masks" in n.output)
    while node.op_type != "MatMul":
        node = made[node.input[0]]
    while node.op_type == "MatMul" or node.op_type in ("Add", "Reshape"):
        assert node.op_type != "MatMulNBits"
        node = made[node.input[0]]
    manifest = open_pack(folder).manifest
    sizes = {f["path"]: f["bytes"] for f in manifest["files"]}
    assert sizes["int4.text.bin"] < 0.3 * sizes["fp32.text.bin"]


def contents(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def old_pack(folder: Path) -> Path:
    target = folder / "models" / "mine"
    target.mkdir(parents=True)
    (target / "manifest.json").write_text('{"schema": 1, "variants": []}')
    (target / "image.bin").write_bytes(b"weights")
    return target


@pytest.fixture
def one_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packs of a single graph, for what befalls the folder is the same and tracing takes long."""
    monkeypatch.setattr(pack, "needed_roles", lambda *_: ["text"])


@pytest.mark.usefixtures("one_graph")
def test_out_of_tolerance_no_pack_and_the_old_one_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = old_pack(tmp_path)
    before = contents(tmp_path)
    strict = PRECISIONS["fp32"].__class__(**{**vars(PRECISIONS["fp32"]), "tolerance": Tolerance(each=1e-12)})
    monkeypatch.setitem(PRECISIONS, "fp32", strict)
    request = PackRequest(profile_of(TINY_SEEM), tokenizer_for(TINY_SEEM, None), {}, ["fp32"], [])
    with pytest.raises(pack.ExportError, match=r"graph 'text' .* allowed; no pack was written"):
        write_pack(generated_model(TINY_SEEM), target, request)
    assert contents(tmp_path) == before


@pytest.mark.usefixtures("one_graph")
def test_stopped_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pack, "check_graph", stop)
    target = old_pack(tmp_path)
    before = contents(tmp_path)
    assert command.main(["--config", "tiny-seem", "--out", str(target), "--presets"]) == 130
    assert "stopped; no pack was written" in capsys.readouterr().err
    assert contents(tmp_path) == before


def _write(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


def _checkpoint(folder: Path, **changes: torch.Tensor | None) -> str:
    state = {k: v for k, v in (state_dict_of(SMALL) | changes).items() if v is not None}
    torch.save(state, folder / "c.pt")
    return str(folder / "c.pt")


def _truncated(folder: Path) -> str:
    path = Path(_checkpoint(folder))
    return _write(path, path.read_bytes()[:-9000])


NORM = "sem_seg_head.predictor.decoder_norm.bias"
BAD: dict[str, Callable[[Path], list[str]]] = {
    "no such file": lambda d: ["--checkpoint", str(d / "none.pt")],
    "is truncated or damaged": lambda d: ["--checkpoint", _truncated(d)],
    "is not a PyTorch checkpoint": lambda d: ["--checkpoint", _write(d / "photo.jpg", b"\xff\xd8\xff\xe0 JFIF")],
    f"missing (1):\n    {NORM}": lambda d: ["--checkpoint", _checkpoint(d, **{NORM: None})],
    "unexpected (1):\n    a.b [2]": lambda d: ["--checkpoint", _checkpoint(d, **{"a.b": torch.ones(2)})],
    "misshapen (1)": lambda d: ["--checkpoint", _checkpoint(d, **{NORM: torch.zeros(7)})],
    "not finite (1)": lambda d: ["--checkpoint", _checkpoint(d, **{NORM: torch.full((128,), torch.inf)})],
    "is not a tokenizer.json": lambda d: ["--config", "tiny", "--tokenizer", _write(d / "t.json", b"{}")],
    "is missing: give": lambda d: ["--config", "tiny", "--tokenizer", str(d / "none.json")],
    "is a file; --out names": lambda d: ["--config", "tiny", "--out", _write(d / "notes.txt", b"mine")],
    "holds other files": lambda d: ["--config", "tiny", "--out", str(Path(_write(d / "notes.txt", b"mine")).parent)],
}


@pytest.mark.parametrize("reason", BAD, ids=lambda r: r.split("\n")[0])
def test_bad_input_is_one_sentence_and_no_pack(
    reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = BAD[reason](tmp_path)
    before = contents(tmp_path)
    out = [] if "--out" in arguments else ["--out", str(tmp_path / "pack")]
    assert command.main([*arguments, *out, "--presets"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("export: ") and reason in said and "Traceback" not in said
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "wrong", ["--precision fp8", "--short-side -5", "--min-score 7", "--name ../x", "--trained cooking"]
)
def test_bad_arguments(wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = wrong.split()
    with pytest.raises(SystemExit) as stop:
        command.main(["--config", "tiny", "--out", str(tmp_path / "pack"), *arguments])
    assert stop.value.code == 2
    assert arguments[1] in capsys.readouterr().err
    assert not (tmp_path / "pack").exists()


def shifted(path: Path, by: float) -> Path:
    """A copy of a graph whose first layer's mask logits are all moved before their signs are read."""
    proto = onnx.load(str(path), load_external_data=False)
    place, less = next((i, n) for i, n in enumerate(proto.graph.node) if n.op_type == "Less")
    proto.graph.node.insert(place, onnx.helper.make_node("Add", [less.input[0], "by"], ["moved"]))
    proto.graph.node[place + 1].input[0] = "moved"
    proto.graph.initializer.append(onnx.numpy_helper.from_array(np.array(by, np.float32), "by"))
    copy = path.with_name(f"moved{by:+.1e}.onnx")
    onnx.save(proto, str(copy))
    return copy


def test_a_turned_tie_is_no_fault_of_the_graph(tmp_path: Path) -> None:
    """A graph in which the logit nearest to 0 falls on the other side passes, and says so; one that moves every logit
    by more than the tolerance is at fault, though PyTorch with its decisions would give the same outputs."""
    path = Path(shutil.copytree(FIXTURE, tmp_path / "pack")) / "base.fp16-storage.onnx"
    model = generated_model(TINY)
    pack.round_weights(model)
    example, tolerance, near = Examples(model, CHECKED[0]), Tolerance(each=2e-4), 3e-5
    # One resized feature is moved so that the first layer's mask logit there is nearly 0 for one query.
    plan, (_, features, *_) = plans.base(model.decoder), example.inputs["base"]
    embedding = model.decoder.head(plan.content, plan.class_row).mask_embeddings[0, 2].detach()
    features[0, :, 5] += (near - embedding @ features[0, :, 5]) * embedding / embedding.square().sum()
    assert check_graph(model, "base", "fp32", path, [example], tolerance).ties == 0
    found = check_graph(model, "base", "fp32", shifted(path, -2 * near), [example], tolerance)
    assert found.ties == 1 and found.max_error < 2e-4
    with pytest.raises(ExportError, match=r"graph 'base' .* no pack was written"):
        check_graph(model, "base", "fp32", shifted(path, -0.05), [example], tolerance)


def test_the_probe_does_not_hang_on_rounding(packs: Callable[[XDecoderConfig], Path]) -> None:
    probe = json.loads((packs(TINY) / "probe.json").read_text())
    assert {e["output"] for e in probe["expect"]} >= {"base.masks", "ground.masks", "text.tokens"}
    assert all(np.isfinite(e["values"]).all() and len(set(e["indices"])) == len(e["values"]) for e in probe["expect"])
