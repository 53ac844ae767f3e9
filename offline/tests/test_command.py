"""Commands whose files are missing or wrong end in one sentence, with status 2; other faults keep their traceback."""

import json
import sys
from pathlib import Path

import pytest

from xdecoder import command
from xdecoder.data.coco import CocoStream
from xdecoder.evaluate import __main__ as evaluate
from xdecoder.evaluate import sheet
from xdecoder.run import graphs
from xdecoder.train import finetune, mix, plot

PACK = Path(__file__).parents[2] / "public/models/default"

WRONG = {
    "no data": (evaluate.main, ["--pack", str(PACK), "--only", "masks", "--shared", "{tmp}"], "ade20k-train.jsonl"),
    "no such pack": (evaluate.main, ["--pack", "{tmp}/none"], "none"),
    "no checkpoint": (mix.main, ["last", "{tmp}/none.pt", "--out", "{tmp}/out.pt"], "none.pt: No such file"),
    "no pack": (graphs.main, ["--pack", "{tmp}/none"], "is not a pack"),
    "no log": (plot.main, ["{tmp}/none.csv"], "none.csv: No such file"),
    "no photos": (sheet.main, ["--pack", str(PACK), "--photos", "holidays"], "holidays is no folder"),
}


@pytest.mark.parametrize("case", WRONG)
def test_sentence(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main, arguments, says = WRONG[case]
    monkeypatch.setattr(sys, "argv", ["command", *(a.replace("{tmp}", str(tmp_path)) for a in arguments)])
    with pytest.raises(SystemExit) as ended:
        command.run(main)
    assert ended.value.code == 2
    last = capsys.readouterr().err.strip().split("\n")[-1]
    assert last.startswith("error: ") and says in last


def test_other_faults_are_not_hidden() -> None:
    def broken() -> None:
        raise KeyError("a fault of ours")

    with pytest.raises(KeyError):
        command.run(broken)


def test_share_is_a_share(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["mix", "a.pt", "b.pt", "--share", "2", "--out", "c.pt"])
    with pytest.raises(SystemExit):
        mix.main()
    assert "--share lies between 0 and 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("not JSON", "holds no annotations in COCO's format"),
        (json.dumps({"images": [], "annotations": []}), "has no categories"),
        (json.dumps([1]), "holds no annotations in COCO's format"),
    ],
)
def test_annotations_that_are_none(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"own\.json") as error:
        CocoStream(path, tmp_path, 64, 1)
    assert says in str(error.value)


@pytest.mark.parametrize(("line", "says"), [('{"image": "a.jpg"}', "line 2 is not"), ("{", "line 2 is no JSON")])
def test_questions_that_are_none(line: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text('{"image": "a.jpg", "question": "what?", "answer": "a cat"}\n' + line, encoding="utf-8")
    with pytest.raises(ValueError, match=r"own\.jsonl") as error:
        list(finetune._questions(path))
    assert says in str(error.value)
