"""Numbers of the original code: a small part of them always, all of them where the reference folder is at hand."""

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import GOLDEN, REFERENCES

from xdecoder.checkpoints.load import from_tensors
from xdecoder.model import plans
from xdecoder.model.decoder import Head
from xdecoder.model.xdecoder import XDecoder
from xdecoder.parity import ties
from xdecoder.parity.__main__ import main
from xdecoder.parity.check import Check, compare, compare_all
from xdecoder.parity.inputs import NAMES, PHRASES, picture_size, synthetic_queries
from xdecoder.parity.inputs import test_image as make_image
from xdecoder.parity.run import check_reference
from xdecoder.parity.subject import Subject
from xdecoder.parity.weights import state_dict, value
from xdecoder.runtime import TextCodec, TorchRuntime
from xdecoder.tasks.vocabulary import clean

FULL = {
    "a256x256.npz": "focalt",
    "text.npz": "focalt",
    "vqa.npz": "vqa",
    "seem_demo_b384x512.npz": "seem",
    "focall_a256x256.npz": "focall",
    "postprocess.npz": None,
}


@cache
def _subject(variant: str) -> Subject:
    # One at a time: the large one alone takes 1.4 GB.
    _subject.cache_clear()
    model = from_tensors(state_dict(variant)).model
    return Subject(TorchRuntime(model), TextCodec.clip(), model)


def misses(path: Path, variant: str | None) -> list[str]:
    return [c.line() for c in check_reference(_subject(variant) if variant else None, path) if not c.passed]


@pytest.mark.parametrize(("name", "variant"), [("a256x256.npz", "focalt"), ("text.npz", "focalt")])
def test_focal_t_gives_the_original_numbers(name: str, variant: str) -> None:
    assert misses(GOLDEN / name, variant) == []


@pytest.mark.skipif(not REFERENCES.is_dir(), reason="the reference folder is not here")
@pytest.mark.parametrize("name", FULL)
def test_every_array_of_every_reference(name: str) -> None:
    assert misses(REFERENCES / name, FULL[name]) == []


def test_generated_weights_are_the_published_rule() -> None:
    embed = value("sem_seg_head.predictor.class_embed", (512, 512))
    np.testing.assert_allclose(embed[0, :3], [0.0690989, 0.00025854, -0.02176981], rtol=0, atol=1e-7)


def test_pictures_and_queries_are_the_references() -> None:
    import zlib

    assert zlib.crc32(make_image(256, 256).tobytes()) == 3161472526
    logits, masks = synthetic_queries()
    assert logits.shape == (40, 9)
    assert masks.shape == (40, 64, 96)
    assert len(NAMES) == 13 and len(PHRASES) == 2
    assert clean("wall-other-merged") == "wall"


@pytest.mark.parametrize(
    ("name", "size"), [("b384x512", (384, 512)), ("c512x512", (512, 512)), ("d300x420", (300, 420))]
)
def test_size_comes_from_the_file_name(name: str, size: tuple[int, int]) -> None:
    assert picture_size(Path(f"{name}.npz"), {}) == size


def test_size_comes_from_the_input_without_a_telling_name() -> None:
    assert picture_size(Path("x.npz"), {"input_normalized_s8": np.zeros((1, 3, 40, 56))}) == (320, 448)
    with pytest.raises(ValueError, match="picture's size"):
        picture_size(Path("x.npz"), {})


def test_integers_must_be_identical_and_floats_close() -> None:
    assert compare("cap_token_ids", np.array([1, 2]), np.array([1, 2])).passed
    assert not compare("cap_token_ids", np.array([1, 2]), np.array([1, 3])).passed
    logits = np.zeros(3, np.float32)
    assert compare("seg_pred_masks_sub", logits, logits + 9e-4).passed
    assert not compare("seg_pred_logits", logits, logits + 9e-4).passed
    assert not compare("seg_pred_logits", logits, logits * np.nan).passed
    assert not compare("seg_pred_logits", logits, np.zeros(4, np.float32)).passed


@pytest.fixture
def postprocess_copy(tmp_path: Path) -> Iterator[Path]:
    with np.load(GOLDEN / "postprocess.npz") as file:
        arrays = {k: file[k] for k in file.files} | {"semseg": np.zeros((8, 64, 96), np.float32)}
    path = tmp_path / "postprocess.npz"
    np.savez(path, **arrays)
    yield path


def test_exit_codes(postprocess_copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its zeroed array is the one miss."""
    assert main(["--reference", str(postprocess_copy)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if "MISS" in line] == ["semseg"]
    assert main(["--reference", str(tmp_path / "none.npz")]) == 2
    assert main(["--reference", str(GOLDEN / "text.npz")]) == 2
    assert capsys.readouterr().err.count("error: ") == 2


TINY_PACK = Path(__file__).parents[2] / "e2e" / "fixtures" / "packs" / "tiny"
SEEM_PACK = TINY_PACK.with_name("tiny-seem")


def _array(path: Path, **arrays: np.ndarray) -> Path:
    np.savez(path, **arrays)
    return path


def _bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


UNREADABLE = {
    "no such file": lambda d: d / "none.npz",
    "not a readable .npz file": lambda d: _bytes(d / "text.npz", b"hello"),
    "text.npz is not a readable": lambda d: _bytes(d / "text.npz", (GOLDEN / "text.npz").read_bytes()[:9000]),
    "lacks every array": lambda d: _array(d / "empty.npz"),
    "lacks classes": lambda d: _array(d / "text.npz", sentences=np.array(["a dog"])),
    "tell the picture's size": lambda d: _array(d / "other.npz", foo=np.zeros(3)),
}


@pytest.mark.parametrize("reason", UNREADABLE)
def test_what_is_no_reference_is_refused(reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--pack", str(TINY_PACK), "--reference", str(UNREADABLE[reason](tmp_path))]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and reason in said and said.count("\n") == 1


def test_an_array_that_nothing_computes_is_a_miss(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _array(tmp_path / "z_64x64.npz", seg_pred_logits=np.zeros((3, 3), np.float32), bar=np.zeros(2))
    assert main(["--pack", str(TINY_PACK), "--reference", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if "MISS" in line] == ["seg_pred_logits", "bar"]


def test_a_model_without_the_weights_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--pack", str(SEEM_PACK), "--reference", str(GOLDEN / "a256x256.npz")]) == 2
    assert "the reference has grounding, and tiny-seem has no weights for that" in capsys.readouterr().err


@pytest.mark.parametrize("broken", ["image.bin", "manifest.json", "text.bin"])
def test_a_broken_pack_is_one_sentence(broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = Path(shutil.copytree(TINY_PACK, tmp_path / "pack"))
    if broken == "text.bin":
        (pack / broken).unlink()
    else:
        (pack / broken).write_bytes((pack / broken).read_bytes()[:1000])
    assert main(["--pack", str(pack), "--reference", str(GOLDEN / "text.npz")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and broken in said and said.count("\n") == 1


def test_a_tie_turned_explains_a_miss(small: XDecoder, pixels: torch.Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision made the other way in the reference is found again, if its logit is close to 0."""
    monkeypatch.setattr(ties, "CLOSE", 2e-2)
    runtime = TorchRuntime(small)
    features = runtime.image(pixels)

    def unit() -> dict[str, np.ndarray]:
        return {"seg_pred_captions": runtime.base(features).embeddings.numpy()}

    with ties.Decisions(small) as decisions:
        unit()
        tie = min(decisions.close.values(), key=lambda t: abs(t.logit))
        decisions.start({tie.place: tie.logit >= 0})
        other = unit()
    assert not compare_all(unit(), other)[0].passed
    (check,) = ties.settle(small, unit, other)
    assert check.passed and "tie" in check.note
    unrelated = {"seg_pred_captions": other["seg_pred_captions"] + 1}
    assert not ties.settle(small, unit, unrelated)[0].passed


@torch.inference_mode()
def test_ties_of_several_layers_are_found_though_one_moves_the_others(
    small: XDecoder, pixels: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An early decision turned moves the later logits, and those that are as close must not fall anew for it."""
    runtime = TorchRuntime(small)
    features = runtime.image(pixels)
    monkeypatch.setattr(ties, "CLOSE", 2e-2)

    def unit() -> dict[str, np.ndarray]:
        return {"seg_pred_captions": runtime.base(features).embeddings.numpy()}

    with ties.Decisions(small) as decisions:
        unit()
        close = sorted(decisions.close.values(), key=lambda t: abs(t.logit))[: ties.TRIES]
        turned = {next(t for t in close if t.head == head) for head in {t.head for t in close}}
        decisions.start({t.place: (t.logit < 0) != (t in turned) for t in decisions.close.values()})
        other = unit()
    assert 2 <= len(turned) <= ties.ROUNDS
    (check,) = ties.settle(small, unit, other)
    assert check.passed, check.line()
    assert all(str(t) in check.note for t in turned)


class Telling(ties.Decisions):
    """Another program: some decisions turned, and the logits that it decided by."""

    def __init__(self, model: XDecoder, turned: set[tuple[int, int, int]]) -> None:
        super().__init__(model)
        self.turned = turned
        self.held = {place: True for place in turned}
        self.told: list[torch.Tensor] = []

    def guide(self, head: Head, level_features: torch.Tensor, guided: list[bool] | bool) -> torch.Tensor | None:
        logits = head.mask_embeddings @ level_features
        for number, query, key in self.turned:
            if number == self.calls:
                logits[0, query, key] *= -1
        self.told.append(logits)
        return super().guide(head, level_features, guided)


@torch.inference_mode()
def test_a_pack_may_differ_by_its_own_close_decisions_and_by_nothing_else(
    small: XDecoder, pixels: torch.Tensor
) -> None:
    runtime = TorchRuntime(small)
    features = runtime.image(pixels)
    # One resized feature is moved so that the first layer's mask logit there is nearly 0 for one query.
    plan, level = plans.base(small.decoder), features.memory.level_features[0]
    embedding = small.decoder.head(plan.content, plan.class_row).mask_embeddings[0, 2]
    level[0, :, 5] += (3e-5 - embedding @ level[0, :, 5]) * embedding / embedding.square().sum()

    def unit() -> dict[str, np.ndarray]:
        return {"seg_pred_captions": runtime.base(features).embeddings.numpy()}

    with Telling(small, {(0, 2, 5)}) as pack:
        found = unit()
    reference = unit()

    def settled(found: dict[str, np.ndarray], decided: list[torch.Tensor]) -> Check:
        checks = compare_all(found, reference)
        assert not checks[0].passed
        return ties.settle_beside(small, unit, found, decided, reference, checks)[0]

    check = settled(found, pack.told)
    assert check.passed and "head 0 query 2 key 5" in check.note
    assert not settled({"seg_pred_captions": found["seg_pred_captions"] + 1}, pack.told).passed
    assert not settled(found, [x + 0.01 for x in pack.told]).passed
    assert not settled(found, pack.told[1:]).passed
