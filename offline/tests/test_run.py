"""The reference command: every task writes its line, a bad file writes an error and the rest goes on."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import SMALL
from PIL import Image

from xdecoder.parity.inputs import test_image as make_image
from xdecoder.parity.weights import state_dict_of
from xdecoder.postprocess.rle import bounding_box, decode
from xdecoder.run.__main__ import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    torch.save(state_dict_of(dataclasses.replace(SMALL, answers=7)), folder / "small.pt")
    torch.save(state_dict_of(dataclasses.replace(SMALL, seem=True)), folder / "seem.pt")
    (folder / "images").mkdir()
    Image.fromarray(make_image(96, 128)).save(folder / "images" / "a.png")
    Image.fromarray(make_image(80, 64)).save(folder / "images" / "b.png")
    (folder / "names.txt").write_text("ball\nsky\nperson\n")
    return folder


def run(folder: Path, task: str, *more: str, model: str = "small.pt") -> tuple[int, list[dict[str, Any]]]:
    out = folder / "out"
    arguments = ["--checkpoint", str(folder / model), "--task", task, "--out", str(out), *more]
    if "--image" not in more and "--requests" not in more:
        arguments += ["--image", str(folder / "images")]
    if task in ("semantic", "panoptic", "instance"):
        arguments += ["--vocabulary", str(folder / "names.txt")]
    code = main(arguments)
    return code, [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]


def check_region(folder: Path, line: dict[str, Any], region: dict[str, Any]) -> None:
    mask = decode(region["rle"])
    assert mask.shape == (line["height"], line["width"])
    assert bounding_box(mask) == region["bbox"]
    drawn = np.asarray(Image.open(folder / "out" / region["png"])) > 0
    np.testing.assert_array_equal(drawn, mask)


def test_semantic(folder: Path) -> None:
    code, lines = run(folder, "semantic")
    assert code == 0
    assert [(line["width"], line["height"]) for line in lines] == [(128, 96), (64, 80)]
    labels = np.asarray(Image.open(folder / "out" / lines[0]["semantic"]["png"]))
    assert labels.shape == (96, 128) and labels.max() < 3
    assert set(lines[0]["timings"]) >= {"decode", "image", "base", "head"}


@pytest.mark.parametrize("task", ["panoptic", "instance"])
def test_segments(folder: Path, task: str) -> None:
    code, lines = run(folder, task, "--image", str(folder / "images" / "a.png"))
    assert code == 0
    ids = np.asarray(Image.open(folder / "out" / lines[0]["png"]))
    assert ids.shape == (96, 128)
    assert set(np.unique(ids)) <= {0, *(s["id"] for s in lines[0]["segments"])}
    for segment in lines[0]["segments"]:
        assert int(decode(segment["rle"]).sum()) == segment["area"]


def test_referring_and_pick(folder: Path) -> None:
    code, lines = run(folder, "referring", "--phrase", "the ball.")
    assert code == 0 and 0 <= lines[0]["referring"]["score"] <= 1
    check_region(folder, lines[0], lines[0]["referring"])
    code, lines = run(folder, "pick", "--click", "40,50", "5,5,0")
    assert code == 0
    check_region(folder, lines[1], lines[1]["pick"])


def test_seem_answers_clicks_and_phrases_and_has_no_captions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image, marks = str(folder / "images" / "a.png"), ("--click", "80,50", "5,5,0", "--box", "10", "10", "30", "20")
    code, lines = run(folder, "pick", "--image", image, *marks, model="seem.pt")
    assert code == 0
    check_region(folder, lines[0], lines[0]["pick"])
    assert run(folder, "referring", "--phrase", "ball", model="seem.pt")[0] == 0
    assert run(folder, "caption", model="seem.pt")[0] == 2
    assert "caption" in capsys.readouterr().err


def test_words(folder: Path) -> None:
    code, lines = run(folder, "caption", "--image", str(folder / "images" / "b.png"))
    assert code == 0 and lines[0]["caption"]["tokenIds"][0] == 49406 and lines[0]["caption"]["score"] < 0
    code, lines = run(folder, "region-caption", "--phrase", "ball", "--image", str(folder / "images" / "b.png"))
    assert code == 0
    check_region(folder, lines[0], lines[0]["region"])
    code, lines = run(folder, "vqa", "--question", "what?", "--image", str(folder / "images" / "b.png"))
    scores = [a["score"] for a in lines[0]["vqa"]["answers"]]
    assert code == 0 and scores == sorted(scores, reverse=True)


def test_retrieval_score_is_the_product_of_the_embeddings(folder: Path) -> None:
    code, lines = run(folder, "embed", "--query", "a ball")
    assert code == 0
    scores = {line["image"]: float(np.dot(line["embed"]["image"], line["embed"]["text"])) for line in lines}
    code, lines = run(folder, "retrieve", "--query", "a ball")
    assert code == 0
    assert {r["image"]: pytest.approx(r["score"], abs=1e-5) for r in lines[0]["retrieve"]} == scores
    code, lines = run(folder, "region-retrieve", "--query", "a ball")
    assert code == 0 and lines[0]["image"] == max(scores, key=scores.get) and "rle" in lines[0]["region"]


def test_a_bad_file_is_a_line_and_the_rest_goes_on(folder: Path) -> None:
    (folder / "bad.jpg").write_text("no picture")
    good = str(folder / "images" / "a.png")
    code, lines = run(folder, "caption", "--image", str(folder / "bad.jpg"), good)
    assert code == 1
    assert lines[0]["error"]["code"] == "not-a-picture" and lines[0]["error"]["stage"] == "decode"
    assert "caption" in lines[1]


def test_requests_file(folder: Path) -> None:
    image = str(folder / "images" / "a.png")
    requests = [{"image": image, "phrase": "ball", "id": 7}, {"image": image}, {"image": image, "phrase": "sky"}]
    (folder / "requests.jsonl").write_text("\n".join(json.dumps(r) for r in requests))
    code, lines = run(folder, "referring", "--requests", str(folder / "requests.jsonl"))
    assert code == 1
    assert ["error" in line for line in lines] == [False, True, False]
    assert lines[0]["id"] == 7
    # The second phrase about a picture encodes nothing again.
    assert "image" in lines[0]["timings"] and "image" not in lines[2]["timings"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--checkpoint", "none.pt", "--task", "caption", "--image", "x.png"], "no such file"),
        (["--pack", "nowhere", "--task", "caption", "--image", "x.png"], "not a pack"),
        (["--checkpoint", "none.pt", "--task", "pick", "--image", "x.png", "--click", "a,b"], "a click is"),
    ],
)
def test_bad_arguments(arguments: list[str], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--out", str(tmp_path)]) == 2
    assert reason in capsys.readouterr().err
