"""What is measured is measured as its pack says, and nothing that it has not."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import SMALL
from PIL import Image

from xdecoder.checkpoints import CheckpointError
from xdecoder.evaluate.__main__ import words
from xdecoder.evaluate.clicks import pick
from xdecoder.evaluate.subject import Subject
from xdecoder.export.graphs import roles_of
from xdecoder.export.profiles import DEFAULT
from xdecoder.export.task_table import task_entries
from xdecoder.model import config as configs
from xdecoder.parity.inputs import test_image as make_image
from xdecoder.parity.weights import generated_model, state_dict_of
from xdecoder.preprocess import InputSize
from xdecoder.runtime.pack import PackError
from xdecoder.tasks.marks import Marks
from xdecoder.train.checkpoints import Checkpoint
from xdecoder.vocabulary import answers_of

ROOT = Path(__file__).parents[2]
PACKS = ROOT / "e2e" / "fixtures" / "packs"
PHOTO = Image.fromarray(make_image(60, 90))


@pytest.fixture(scope="module")
def tiny() -> Subject:
    return Subject.of_pack(PACKS / "tiny")


@pytest.fixture(scope="module")
def seem() -> Subject:
    return Subject.of_pack(PACKS / "tiny-seem")


def told(subject: Subject, task: str, **options: float) -> Subject:
    """The subject, its manifest with other options for a task."""
    entry = subject.tasks[task]
    return replace(subject, tasks=subject.tasks | {task: entry | {"options": entry["options"] | options}})


def test_a_pack_is_measured_with_what_its_manifest_says(tiny: Subject) -> None:
    assert [tiny.option("panoptic", name, 1) for name in ("objectMask", "overlap", "nms")] == [0.8, 0.8, 1]
    assert (tiny.option("caption", "beams", 1), tiny.option("pick", "scoreScale", 0)) == (3, 0)
    assert [tiny.size(task) for task in ("semantic", "caption", "retrieval")] == [InputSize(64, 128)] * 3
    assert tiny.size("vqa") == InputSize(64, square=True)
    assert (tiny.look(PHOTO).picture.content, tiny.look(PHOTO, "vqa").picture.content) == ((64, 96), (64, 64))
    assert [tiny.answers[i] for i in (0, 15)] == ["net", "motorcycle"]


def test_a_checkpoint_is_measured_as_its_pack(tiny: Subject, tmp_path: Path) -> None:
    Checkpoint("tiny", generated_model(configs.TINY).state_dict()).save(tmp_path / "tiny.pt")
    own = Subject.of_checkpoint(tmp_path / "tiny.pt")
    assert (own.tasks, own.sizes, own.resample) == (tiny.tasks, tiny.sizes, tiny.resample)
    assert tiny.answers.items() <= own.answers.items()
    assert own.codec(["a red box"]).tolist() == tiny.codec(["a red box"]).tolist()
    manifest = json.loads((ROOT / "public" / "models" / "default" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["tasks"] == task_entries(configs.DEFAULT, DEFAULT, roles_of(configs.DEFAULT))
    assert (manifest["sizes"], manifest["preprocess"]["resample"]) == (DEFAULT.sizes, DEFAULT.resample)
    answers = json.loads((ROOT / "public" / "models" / "default" / "answers.json").read_text(encoding="utf-8"))
    assert dict(enumerate(answers)) == answers_of(configs.DEFAULT.answers)


def test_an_official_checkpoint_has_its_own_words_sizes_and_thresholds(tmp_path: Path) -> None:
    torch.save(state_dict_of(replace(SMALL, answers=7)), tmp_path / "vqa.pt")
    torch.save({"model": state_dict_of(replace(SMALL, seem=True))}, tmp_path / "seem.pt")
    vqa, seem = (Subject.of_checkpoint(tmp_path / name) for name in ("vqa.pt", "seem.pt"))
    assert [s.option("panoptic", "objectMask", 1) for s in (vqa, seem)] == [0.8, 0.4]
    assert (vqa.size("vqa"), vqa.size("panoptic")) == (InputSize(640, square=True), InputSize(512, 1024))
    assert (vqa.resample, vqa.answers[0], len(vqa.answers)) == ("bicubic", "net", 3128)
    assert vqa.codec.end == 49407
    assert [s.has("vqa") for s in (vqa, seem)] == [True, False]


@torch.inference_mode()
def test_thresholds_and_background_are_obeyed(tiny: Subject) -> None:
    names = ["wall", "dog", "red box"]
    table, looked = tiny.table(names), tiny.look(PHOTO)
    none, all_ = (
        told(tiny, "panoptic", objectMask=least, overlap=0, background=0).panoptic(looked, table, [True] * 3)
        for least in (1, 0)
    )
    assert len(none.segments) == 0 < len(all_.segments)
    one = told(tiny, "panoptic", objectMask=0, overlap=0, background=0, nms=0).panoptic(looked, table, [True] * 3)
    assert len(one.segments) < len(all_.segments)
    plain, without = (s.logits(looked, table, "semantic") for s in (tiny, told(tiny, "semantic", background=0)))
    torch.testing.assert_close(without[:, :-1], plain[:, :-1])
    assert (without[:, -1] < -1e3).all() and (plain[:, -1] > -1e3).all()


def test_marks_are_answered_by_the_best_query_or_by_all_as_the_pack_says(seem: Subject) -> None:
    marks, looked = Marks(box=None, clicks=((40.0, 30.0, 1),)), seem.look(PHOTO)
    # All as much as any: the mean of the masks.
    best, mean = (pick(s, looked, marks) for s in (seem, told(seem, "pick", scoreScale=1e-6)))
    assert best.shape == mean.shape == (60, 90)
    assert not np.array_equal(best, mean)


def test_what_a_model_has_not_is_said_and_left_out(
    tiny: Subject, seem: Subject, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tiny.offers("semantic", "caption", "retrieval", "vqa", "pick") and seem.offers("referring", "pick")
    assert capsys.readouterr() == ("", "")
    assert not seem.offers("semantic", "vqa") and not seem.offers("of tomorrow")
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "vqa is not measured: " + seem.tasks["vqa"]["reason"]
    assert said[1:] == ["of tomorrow is not measured: the pack does not know this task"]


def test_the_words_of_a_model_without_any_are_no_figures(seem: Subject, capsys: pytest.CaptureFixture[str]) -> None:
    words(seem, Path("nowhere"), 3, 1)
    said = capsys.readouterr()
    assert said.out == ""
    assert [line.split(" is not")[0] for line in said.err.splitlines()] == ["caption", "retrieval", "vqa"]


@pytest.mark.parametrize("source", ["--checkpoint", "--pack"])
def test_what_is_no_model_is_refused(source: str, tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    Subject.add_options(parser)
    file = tmp_path / "notes.pt"
    torch.save({"notes": torch.zeros(2)}, file)
    wrong = PackError if source == "--pack" else CheckpointError
    with pytest.raises(wrong, match=r"not a pack|is not an X-Decoder"):
        Subject.of_options(parser.parse_args([source, str(file)]))
