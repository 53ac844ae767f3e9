"""The exporter: graphs that equal the model at any size, packs that are whole, and every way of getting none."""

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from conftest import SMALL

from xdecoder.export import __main__ as command
from xdecoder.export import check, pack
from xdecoder.export.check import Tolerance
from xdecoder.export.pack import PackRequest, write_pack
from xdecoder.export.precision import PRECISIONS
from xdecoder.export.profiles import profile_of
from xdecoder.export.source import tokenizer_for
from xdecoder.model.config import TINY, TINY_SEEM, XDecoderConfig
from xdecoder.parity import ties
from xdecoder.parity.inputs import test_image as make_image
from xdecoder.parity.weights import generated_model, state_dict_of
from xdecoder.preprocess import InputSize, open_picture
from xdecoder.runtime import Features, Runtime, TorchRuntime
from xdecoder.runtime.pack import open_pack
from xdecoder.runtime.pack_runtime import PackRuntime
from xdecoder.tasks.caption import greedy
from xdecoder.tasks.grounding import read_phrase
from xdecoder.tasks.prompts import box, visual_prompt

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


def test_out_of_tolerance_no_pack_and_the_old_one_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = old_pack(tmp_path)
    before = contents(tmp_path)
    strict = PRECISIONS["fp32"].__class__(**{**vars(PRECISIONS["fp32"]), "tolerance": Tolerance(each=1e-12)})
    monkeypatch.setitem(PRECISIONS, "fp32", strict)
    request = PackRequest(profile_of(TINY_SEEM), tokenizer_for(TINY_SEEM, None), {}, ["fp32"], [])
    with pytest.raises(pack.ExportError, match=r"graph 'image' .* allowed; no pack was written"):
        write_pack(generated_model(TINY_SEEM), target, request)
    assert contents(tmp_path) == before


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


def test_a_turned_tie_is_no_fault_of_the_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outputs with one close decision made the other way are taken for what they are; any other difference is not."""
    monkeypatch.setattr(ties, "CLOSE", 2e-2)
    model = generated_model(SMALL)
    pixels = torch.randn(1, 3, 96, 160, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        memory, _ = model.encode(pixels)

        def run() -> list[torch.Tensor]:
            head = model.base(memory)[-1]
            return [head.masks(memory.mask_features), head.embeddings]

        with ties.Decisions(model) as decisions:
            run()
            place = min(decisions.close.values(), key=lambda t: abs(t.logit)).place
            decisions.start()
            decisions.flips = {place}
            turned = [t.numpy() for t in run()]
        expected, count = check._beside(model, run, turned, 2e-4)
        assert count == 1
        assert check.errors(turned[0], expected[0].numpy())[0] < 2e-4
        assert check.errors(turned[0], run()[0].numpy())[0] > 2e-4
        _, count = check._beside(model, run, [turned[0] + np.float32(1), turned[1]], 2e-4)
        assert count == 0


def test_the_probe_does_not_hang_on_rounding(packs: Callable[[XDecoderConfig], Path]) -> None:
    probe = json.loads((packs(TINY) / "probe.json").read_text())
    assert {e["output"] for e in probe["expect"]} >= {"base.masks", "ground.masks", "text.tokens"}
    assert all(np.isfinite(e["values"]).all() and len(set(e["indices"])) == len(e["values"]) for e in probe["expect"])
