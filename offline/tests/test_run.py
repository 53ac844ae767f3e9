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

from xdecoder.export.profiles import profile_of
from xdecoder.model.config import DEFAULT
from xdecoder.parity.inputs import test_image as make_image
from xdecoder.parity.weights import generated_model, state_dict_of
from xdecoder.postprocess.rle import bounding_box, decode
from xdecoder.preprocess import InputSize
from xdecoder.run import heads
from xdecoder.run.__main__ import main
from xdecoder.run.names import Preset, presets_of, read_names
from xdecoder.run.requests import RequestError
from xdecoder.run.sizes import Sizes
from xdecoder.runtime import TorchRuntime


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
    image, marks = str(folder / "images" / "a.png"), ("--click", "80,50", "5,5,0", "--box", "10,10,30,20")
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
    # A picture that can't be read has its line after those of the requests.
    (folder / "bad.jpg").write_text("no picture")
    bad, good = str(folder / "bad.jpg"), lines[0]["image"]
    code, lines = run(folder, "retrieve", "--query", "a ball", "--image", bad, good)
    assert code == 1 and [r["image"] for r in lines[0]["retrieve"]] == [good]
    assert lines[1]["image"] == bad and lines[1]["error"]["code"] == "not-a-picture"


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


def ask(
    folder: Path, task: str, requests: list[dict[str, Any]], *more: str, model: str = "small.pt"
) -> tuple[int, list[dict[str, Any]]]:
    (folder / "requests.jsonl").write_text("\n".join(json.dumps(r) for r in requests))
    return run(folder, task, "--requests", str(folder / "requests.jsonl"), *more, model=model)


def test_a_line_without_a_picture_is_asked_of_each(folder: Path) -> None:
    pictures = [str(folder / "images" / name) for name in ("a.png", "b.png")]
    requests = [{"note": 1}, {"image": "a.png", "phrase": "sky"}, {"image": "images/b.png", "phrase": "person"}]
    code, lines = ask(folder, "referring", requests, "--phrase", "ball", "--image", str(folder / "images"))
    assert code == 0
    assert [line["image"] for line in lines] == [*pictures, "a.png", "images/b.png"]
    assert [line.get("note") for line in lines] == [1, 1, None, None]
    assert [line["width"] for line in lines] == [128, 64, 128, 64]
    # The command line's phrase is for lines that say none.
    for phrase, line in (("ball", lines[0]), ("sky", lines[2])):
        alone = run(folder, "referring", "--phrase", phrase, "--image", pictures[0])[1][0]
        assert alone["referring"]["score"] == pytest.approx(line["referring"]["score"], abs=1e-6)
        assert alone["referring"]["rle"] == line["referring"]["rle"]
    assert lines[0]["referring"]["score"] != pytest.approx(lines[2]["referring"]["score"], abs=1e-6)
    # All about one picture are done together, whatever the order of their lines.
    code, lines = ask(folder, "referring", [{"phrase": "ball"}, {"phrase": "sky"}], "--image", str(folder / "images"))
    assert code == 0 and ["image" in line["timings"] for line in lines] == [True, True, False, False]


def test_a_line_without_any_picture_stops_the_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = {"image": str(folder / "images" / "a.png"), "phrase": "ball"}
    assert ask(folder, "referring", [good, {"phrase": "sky"}])[0] == 2
    assert "request 2 names no image" in capsys.readouterr().err


def test_sentences_are_embedded_without_pictures(folder: Path) -> None:
    code, lines = ask(folder, "embed", [{"query": "a ball", "id": 1}, {"query": " "}])
    assert code == 1 and lines[0]["id"] == 1 and "image" not in lines[0]
    assert float(np.linalg.norm(lines[0]["embed"]["text"])) == pytest.approx(1, abs=1e-5)
    assert lines[1]["error"]["code"] == "bad-input" and "image" not in lines[1]


def test_thresholds_of_a_request(folder: Path) -> None:
    image = {"image": str(folder / "images" / "a.png")}
    all_in = {"objectMaskThreshold": 0, "overlapThreshold": 0}
    changed = [{}, {"objectMaskThreshold": 1}, {"overlapThreshold": 1}, {"objectMaskThreshold": 2}]
    code, lines = ask(folder, "panoptic", [{**image, **all_in, **more} for more in changed])
    assert code == 1 and "between 0 and 1" in lines[3]["error"]["message"]
    whole, none, alone = (len(line["segments"]) for line in lines[:3])
    assert none == 0 and alone < whole
    assert not {"objectMaskThreshold", "overlapThreshold"} & {key for line in lines for key in line}
    code, lines = ask(folder, "instance", [{**image, "minScore": least} for least in (0, 0.2, 1)])
    assert code == 0
    every = [s["score"] for s in lines[0]["segments"]]
    assert [len(line["segments"]) for line in lines] == [len(every), sum(s >= 0.2 for s in every), 0]
    assert every and not any("minScore" in line for line in lines)


def test_names_of_a_request_are_its_vocabulary(folder: Path) -> None:
    image = {"image": str(folder / "images" / "a.png"), "objectMaskThreshold": 0, "overlapThreshold": 0}
    code, lines = ask(folder, "panoptic", [{**image, "names": ["sky"]}, image, {**image, "names": []}])
    assert code == 1 and lines[2]["error"]["code"] == "bad-input" and "no names" in lines[2]["error"]["message"]
    assert {(s["label"], s["isthing"]) for s in lines[0]["segments"]} == {("sky", True)}
    assert {s["label"] for s in lines[1]["segments"]} - {"sky"}
    assert not any("names" in line for line in lines)
    code, lines = ask(folder, "semantic", [{**image, "names": ["sky", "person", "ball"]}, image])
    mine, theirs = (np.asarray(Image.open(folder / "out" / line["semantic"]["png"])) for line in lines)
    assert code == 0
    np.testing.assert_array_equal(mine, np.array([2, 0, 1])[theirs])


def test_a_list_of_names_says_what_is_stuff(tmp_path: Path) -> None:
    presets = [Preset("a", ("Sky", "ball"), (False, True)), Preset("b", ("ball", "sea"), (False, False))]
    path = tmp_path / "names.txt"
    path.write_text("\ufeffball\tstuff\r\nsky\r\n ball \r\nsea\tthing\r\nsea\r\nfog\r\n\r\n", newline="")
    assert read_names(path, presets) == (
        ("ball", "sky", "ball", "sea", "sea", "fog"),
        (False, False, True, True, False, True),
    )
    for text, wrong in (("a\n\nb\n", "line 2 is empty"), ("", "line 1 is empty"), ("a\nb\tstuf\n", 'line 2: "stuf"')):
        path.write_text(text)
        with pytest.raises(RequestError, match=wrong):
            read_names(path, presets)


def test_a_wrong_list_of_names_stops_the_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "wrong.txt").write_text("ball\n\nsky\n")
    shared = ["--checkpoint", str(folder / "small.pt"), "--image", str(folder / "images"), "--out", str(folder / "out")]
    assert main([*shared, "--task", "caption", "--vocabulary", str(folder / "wrong.txt")]) == 2
    assert "line 2 is empty" in capsys.readouterr().err


def test_marks_go_before_a_phrase(folder: Path) -> None:
    request = {"image": str(folder / "images" / "a.png"), "clicks": [[100, 20]]}
    picked = ask(folder, "pick", [request])[1][0]["pick"]
    code, lines = ask(folder, "region-caption", [{**request, "phrase": "ball"}, request])
    assert code == 0
    for line in lines:
        assert line["region"]["rle"] == picked["rle"] and line["region"]["score"] == pytest.approx(picked["score"])
    assert lines[0]["caption"]["tokenIds"] == lines[1]["caption"]["tokenIds"]


def test_an_empty_region_has_no_caption(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "find_phrase", lambda *_: (np.zeros((96, 128), bool), 0.5))
    code, lines = run(folder, "region-caption", "--phrase", "ball", "--image", str(folder / "images" / "a.png"))
    assert code == 1
    assert lines[0]["error"] == {"code": "bad-input", "stage": "input", "message": "the region is empty"}


@pytest.mark.parametrize("model", ["small.pt", "seem.pt"])
def test_marks_that_point_at_nothing_are_refused_before_anything_runs(folder: Path, model: str) -> None:
    image = str(folder / "images" / "a.png")
    outside, empty, off = {"clicks": [[5, 5, 0]]}, {"box": [4, 4, 0, 9]}, {"clicks": [[500, 5]]}
    marks = [outside, empty, off, {"mask": "none.png"}, {"clicks": []}, {"clicks": [[5, 5]]}]
    asked = [{"image": image, **each} for each in marks]
    code, lines = ask(folder, "pick", asked, model=model)
    assert code == 1 and [line.get("error", {}).get("code") for line in lines] == ["bad-input"] * 5 + [None]
    messages = [line["error"]["message"].split(":")[0] for line in lines[:3]]
    assert messages == ["nothing is pointed at", "the box is empty", "what is pointed at lies outside the picture"]
    # Only the last one had to encode the picture.
    assert "image" in lines[5]["timings"]


def test_a_small_models_checkpoint_runs_as_its_pack_would() -> None:
    runtime = TorchRuntime(generated_model(DEFAULT))
    sizes, profile = Sizes(runtime), profile_of(DEFAULT)
    assert sizes.of("vqa") == (InputSize(224, square=True), "bilinear")
    assert sizes.of("panoptic") == (InputSize(384, 640), "bilinear")
    assert sizes.option("panoptic", "objectMask", 0.8) == profile.object_mask == 0.45
    assert sizes.option("caption", "beams", 1) == profile.beams > 1
    assert presets_of(runtime)[1] == profile.default_preset == "ade150"


def test_what_is_transparent_in_a_mask_is_outside(folder: Path) -> None:
    inside = np.zeros((96, 128), np.uint8)
    inside[20:60, 30:90] = 255
    Image.fromarray(inside).save(folder / "opaque.png")
    cut = np.full((96, 128, 4), 255, np.uint8)
    cut[..., 3] = inside
    Image.fromarray(cut).save(folder / "cut.png")
    image = str(folder / "images" / "a.png")
    asked = [{"image": image, "mask": str(folder / name)} for name in ("opaque.png", "cut.png")]
    opaque, transparent = (line["pick"] for line in ask(folder, "pick", asked, model="seem.pt")[1])
    assert opaque["score"] == transparent["score"] and opaque["rle"] == transparent["rle"]


@pytest.mark.parametrize("model", ["small.pt", "seem.pt"])
def test_a_box_over_the_edge_picks_as_the_part_of_it_that_is_there(folder: Path, model: str) -> None:
    image = str(folder / "images" / "a.png")
    boxes = [{"box": [-30, -20, 90, 80]}, {"box": [0, 0, 60, 60]}]
    code, lines = ask(folder, "pick", [{"image": image, **box} for box in boxes], model=model)
    assert code == 0
    over, clamped = (line["pick"] for line in lines)
    assert over["score"] == pytest.approx(clamped["score"], abs=1e-6)
    x, y, width, height = over["bbox"]
    # The drawn box ends on a whole pixel of the model's.
    assert x + width <= 60 + 4 and y + height <= 60 + 4


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"names": "ball"}, "line 1: a request's names must be a list of text"),
        ({"names": ["ball", 3]}, "names must be a list of text"),
        ({"minScore": "0.5"}, "minScore must be a number"),
        ({"box": [1, 2, 3]}, "box must be"),
        ({"phrase": 7}, "phrase must be text"),
    ],
)
def test_lines_that_are_no_requests(
    line: dict[str, Any], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "requests.jsonl").write_text(json.dumps(line))
    shared = ["--checkpoint", "none.pt", "--task", "panoptic", "--image", "x.png", "--out", str(tmp_path)]
    assert main([*shared, "--requests", str(tmp_path / "requests.jsonl")]) == 2
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--checkpoint", "none.pt", "--task", "referring", "--image", "x.png"], "referring needs a phrase"),
        (["--checkpoint", "none.pt", "--task", "retrieve", "--query", "a ball"], "nothing to do"),
        (["--checkpoint", "none.pt", "--task", "caption", "--image", "x.png"], "no such file"),
        (["--pack", "nowhere", "--task", "caption", "--image", "x.png"], "not a pack"),
        (["--checkpoint", "none.pt", "--task", "pick", "--image", "x.png", "--click", "a,b"], "a click is"),
    ],
)
def test_bad_arguments(arguments: list[str], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--out", str(tmp_path)]) == 2
    assert reason in capsys.readouterr().err
