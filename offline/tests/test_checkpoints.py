"""The loader: which model a file is, and every way of not being one."""

import dataclasses
import pickle
from pathlib import Path

import pytest
import torch
from conftest import SMALL

from xdecoder.checkpoints import CheckpointError, load_checkpoint
from xdecoder.checkpoints.__main__ import main
from xdecoder.checkpoints.load import from_tensors
from xdecoder.checkpoints.names import official_name
from xdecoder.checkpoints.recognise import recognise
from xdecoder.model.config import DAVIT_D3, DAVIT_D5, FOCAL_L, FOCAL_T
from xdecoder.model.xdecoder import XDecoder
from xdecoder.parity.weights import TABLES, rows, state_dict_of

State = dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def state() -> State:
    return state_dict_of(SMALL)


def shapes_of(variant: str) -> dict[str, tuple[int, ...]]:
    return {key: shape for table in TABLES[variant] for key, shape in rows(table)}


@pytest.mark.parametrize(
    ("variant", "config"),
    [
        ("focalt", FOCAL_T),
        ("focall", FOCAL_L),
        ("vqa", dataclasses.replace(FOCAL_T, answers=3129, name="focalt-vqa")),
        ("seem", dataclasses.replace(FOCAL_T, seem=True, name="seem-focalt")),
    ],
)
def test_recognises_published_variants_by_their_shapes(variant: str, config: object) -> None:
    assert recognise(shapes_of(variant)) == config


@pytest.mark.parametrize("config", [DAVIT_D3, DAVIT_D5], ids=lambda c: c.name)
def test_recognises_davit(config: object) -> None:
    with torch.device("meta"):
        names = XDecoder(config).state_dict()
    assert recognise({official_name(k): tuple(v.shape) for k, v in names.items()}) == config


def test_query_count_is_read_from_the_tensor() -> None:
    shapes = shapes_of("focall")
    shapes["sem_seg_head.predictor.query_feat.weight"] = (101, 512)
    assert recognise(shapes).queries == 101


@pytest.mark.parametrize("variant", TABLES)
def test_every_tensor_has_its_published_name_and_shape(variant: str) -> None:
    published = shapes_of(variant)
    with torch.device("meta"):
        ours = {official_name(k): tuple(v.shape) for k, v in XDecoder(recognise(published)).state_dict().items()}
    assert {k: s for k, s in published.items() if k in ours} == ours


@pytest.mark.parametrize("wrap", [lambda s: s, lambda s: {"model": s}, lambda s: {"state_dict": s}])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_accepts_wrappers_prefixes_and_half(tmp_path: Path, state: State, wrap: object, dtype: torch.dtype) -> None:
    path = tmp_path / "any_name.pt"
    torch.save(wrap({f"module.{k}": v.to(dtype) for k, v in state.items()}), path)
    loaded = load_checkpoint(path)
    key = "decoder.class_embed"
    expected = state[official_name(key)].to(dtype).float()
    assert loaded.config.queries == SMALL.queries
    assert torch.equal(loaded.model.state_dict()[key], expected)


def test_training_only_tensors_are_ignored_by_name(state: State) -> None:
    extra = {"criterion.empty_weight": torch.ones(3), "sem_seg_head.predictor.self_attn_mask": torch.ones(1).bool()}
    assert from_tensors({**state, **extra}).ignored == list(extra)


def broken(state: State, **changes: torch.Tensor | None) -> State:
    out = dict(state)
    for key, value in changes.items():
        if value is None:
            del out[key]
        else:
            out[key] = value
    return out


def test_lists_missing_unexpected_and_misshapen(state: State) -> None:
    mask, embed = "sem_seg_head.predictor.mask_embed.layers.1.weight", "sem_seg_head.predictor.class_embed"
    bad = broken(state, **{mask: None, embed: torch.zeros(3, 4), "backbone.extra": torch.zeros(2)})
    with pytest.raises(CheckpointError) as error:
        from_tensors(bad, "a.pt")
    text = str(error.value)
    assert "a.pt" in text
    assert f"missing (1):\n    {mask} [128, 128]" in text
    assert "unexpected (1):\n    backbone.extra [2]" in text
    assert f"misshapen (1):\n    {embed} [3, 4], expected [128, 128]" in text


def test_refuses_integers_and_nan(state: State) -> None:
    key = "sem_seg_head.predictor.decoder_norm.bias"
    with pytest.raises(CheckpointError, match="not floating point"):
        from_tensors(broken(state, **{key: torch.zeros(128, dtype=torch.int64)}))
    with pytest.raises(CheckpointError, match="not finite"):
        from_tensors(broken(state, **{key: torch.full((128,), torch.nan)}))


class Opaque:
    """Something that only trusting pickle would load."""


def _truncated(path: Path, state: State) -> None:
    torch.save(state, path)
    path.write_bytes(path.read_bytes()[:-5000])


WRITERS = {
    "truncated or damaged": _truncated,
    "not a PyTorch checkpoint": lambda p, s: p.write_bytes(b"hello, this is text"),
    "is empty": lambda p, s: p.write_bytes(b""),
    "web page": lambda p, s: p.write_text("<!DOCTYPE html><title>404</title>"),
    "Git LFS pointer": lambda p, s: p.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0"),
    "more than tensors": lambda p, s: torch.save({"model": Opaque()}, p),
    "not a dictionary of tensors": lambda p, s: torch.save([1, 2], p),
    "not a tensor": lambda p, s: torch.save({"epoch": 3}, p),
    "no 'backbone.' tensors": lambda p, s: torch.save({"fc.weight": torch.zeros(3, 3)}, p),
    "none of FocalNet and DaViT": lambda p, s: torch.save({"backbone.stem.weight": torch.zeros(3, 3)}, p),
    "legacy": lambda p, s: p.write_bytes(pickle.dumps({"a": 1})),
}


@pytest.mark.parametrize("reason", WRITERS)
def test_one_clear_sentence_for_what_is_no_checkpoint(
    reason: str, tmp_path: Path, state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.pt"
    WRITERS[reason](path, state)
    assert main([str(path)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"error: {path}")
    assert reason == "legacy" or reason in said
    assert "Traceback" not in said


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no such file"):
        load_checkpoint(tmp_path / "none.pt")
