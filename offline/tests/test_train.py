"""Training: texts or pictures together give what each gives alone; replicas agree; fine-tuning runs."""

import json
import os
import re
import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.multiprocessing as mp
from PIL import Image
from torch import nn

from xdecoder.checkpoints import load_checkpoint
from xdecoder.data.coco import CocoStream
from xdecoder.data.names import VOCABULARIES
from xdecoder.data.paste import Paster
from xdecoder.data.phrases import colour_of, describe, mirror
from xdecoder.data.prompts import mark
from xdecoder.data.questions import Asker, Facts
from xdecoder.data.regions import Regions, from_label_map
from xdecoder.data.samples import Sampler
from xdecoder.data.spoken import articles, scene_captions
from xdecoder.data.words import QuestionBatches, sided_answers
from xdecoder.export.source import small_tokenizer
from xdecoder.model import plans
from xdecoder.model.config import TINY, TINY_SEEM, XDecoderConfig
from xdecoder.model.decoder import BLOCKED, Head
from xdecoder.model.xdecoder import XDecoder
from xdecoder.parity.weights import generated_model
from xdecoder.runtime import TorchRuntime
from xdecoder.runtime.pack import open_pack
from xdecoder.tasks.grounding import Phrase, ground
from xdecoder.train.balance import Balance
from xdecoder.train.checkpoints import Checkpoint
from xdecoder.train.finetune import coco_step, finetune, save, vqa_step
from xdecoder.train.from_pack import recover
from xdecoder.train.losses import Target, segmentation_loss
from xdecoder.train.mix import mix, unaveraged
from xdecoder.train.points import draw_points
from xdecoder.train.prompts import prompt_loss
from xdecoder.train.replicas import Replicas
from xdecoder.train.steps import BARE, MARKS, PHRASES, Bench, MaskStep, NameTable, refer
from xdecoder.train.text import Ids
from xdecoder.train.turns import Turn
from xdecoder.train.words import caption_plan, question_plan

FIXTURES = Path(__file__).parents[2] / "e2e" / "fixtures" / "packs"
SIDE = 64


@pytest.fixture(scope="module")
def model() -> XDecoder:
    return generated_model(TINY)


@pytest.fixture(scope="module")
def memory(model: XDecoder) -> object:
    random = torch.Generator().manual_seed(4)
    return model.encode(torch.randn(2, 3, SIDE, SIDE, generator=random))[0]


@pytest.mark.parametrize(("together", "alone"), [(caption_plan, plans.caption), (question_plan, plans.question)])
@torch.no_grad()
def test_several_texts_of_a_picture_do_not_see_each_other(model, memory, together, alone) -> None:  # noqa: ANN001
    tokens = torch.randn(2, 3, 5, TINY.dim, generator=torch.Generator().manual_seed(5))
    rows = model.decoder(memory, together(model.decoder, tokens))[0][-1].state[:, TINY.queries :]
    for i in range(3):
        one = model.decoder(memory, alone(model.decoder, tokens[:, i]))[0][-1].state[:, TINY.queries :]
        torch.testing.assert_close(rows[:, 5 * i : 5 * i + 5], one, atol=1e-5, rtol=1e-5)


def test_marks_lie_on_their_region_and_not_beside_it() -> None:
    mask = np.zeros((SIDE, SIDE), bool)
    mask[20:50, 8:60] = True
    rng = np.random.default_rng(1)
    with_negative = 0
    for _ in range(40):
        marks = mark(mask, rng)
        y, x = (marks.positive * SIDE).round().astype(int).T
        assert mask[y.clip(0, SIDE - 1), x.clip(0, SIDE - 1)].mean() > 0.5
        if len(marks.negative):
            with_negative += 1
            y, x = (marks.negative * SIDE).round().astype(int).T
            assert mask[y.clip(0, SIDE - 1), x.clip(0, SIDE - 1)].mean() < 0.5
    assert 5 < with_negative < 35


def test_a_place_for_negative_marks_without_any_changes_nothing() -> None:
    config = replace(TINY, prompts=True)
    model, random = generated_model(config), torch.Generator().manual_seed(6)
    memory = model.encode(torch.randn(2, 3, SIDE, SIDE, generator=random))[0]
    points = [torch.rand(2, 256, 2, generator=random) for _ in range(3)]
    features = torch.randn(2, config.mask_dim, 40, generator=random)
    inside = torch.rand(2, 40, generator=random) > 0.5

    def loss(negative: torch.Tensor, marked: bool) -> float:
        torch.manual_seed(2)
        flags = torch.tensor([marked, marked])
        return float(prompt_loss(model, memory, points[0], negative, flags, features, inside)["prompt mask"])

    assert loss(points[1], False) == pytest.approx(loss(points[2], False), abs=1e-5)
    assert abs(loss(points[1], True) - loss(points[2], True)) > 1e-4


def test_common_names_have_to_earn_what_they_would_get_for_nothing() -> None:
    vocabularies = {"all": ["wall", "fan", "dog"], "few": ["wall", "dog"]}
    table = NameTable.build(vocabularies, {"wall": 0.64, "fan": 0.01})
    assert table.names == ["dog", "fan", "wall"]
    # Half the log of how much oftener than usual; what has no share, and background, are as they are.
    assert table.bias["all"].tolist() == pytest.approx([0.0, -np.log(8) / 2, np.log(8) / 2, 0.0], abs=1e-5)
    assert table.bias["few"][1] < -1e3 and table.rows["few"].tolist() == [2, 0]
    plain = NameTable.build(vocabularies)
    assert plain.bias["all"].tolist() == [0.0] * 4
    # The same prediction costs more where it misses what is rare, and less where it misses what is common.
    random = torch.Generator().manual_seed(3)
    head = Head(*(torch.randn(1, 3, 8, generator=random) for _ in range(3)))
    features, names = torch.randn(1, 8, 20, generator=random), torch.eye(8)[:4]
    inside = torch.ones(1, 20, dtype=torch.bool)

    def cost(name: int, bias: torch.Tensor) -> float:
        target = Target(inside, torch.tensor([name]), bias)
        return float(segmentation_loss([head], features, names, torch.tensor(2.0), [target])["class"])

    assert cost(1, table.bias["all"]) > cost(1, plain.bias["all"])
    assert cost(2, table.bias["all"]) < cost(2, plain.bias["all"])


def test_generated_sentences_name_what_the_labels_show_and_nothing_else() -> None:
    names, rng = VOCABULARIES["ade150"], np.random.default_rng(3)
    labels = np.zeros((50, 40), np.uint8)
    for value, name in ((1, "bed"), (2, "wall"), (3, "armchair")):
        labels[10 * value :] = names.index(name) + 1
    labels[0, 0] = names.index("sofa") + 1  # too small for a word
    said = scene_captions("bedroom", labels, rng, 200)
    assert any("bed" in s.replace("bedroom", "") for s in said)
    assert any("an armchair" in s for s in said)
    assert not any("sofa" in s or "couch" in s or "wall" in s or "a armchair" in s for s in said)
    assert not any("bedroom" in s for s in scene_captions("misc", labels, rng, 50))
    assert articles("a iron and a dog") == "an iron and a dog"


def test_labels_do_not_tell_women_from_men_but_either_may_be_meant() -> None:
    rng, masks = np.random.default_rng(4), np.ones((1, SIDE, SIDE), bool)
    unknown, photo = np.zeros((SIDE, SIDE), bool), np.full((SIDE, SIDE, 3), 90, np.uint8)
    regions = Regions(masks, ["person"], "ade150", unknown, VOCABULARIES["ade150"])
    labels = np.full((SIDE, SIDE), VOCABULARIES["ade150"].index("person") + 1, np.uint8)
    said = scene_captions("misc", labels, rng, 300)
    said += [q.text for q in (Asker(rng).ask(Facts.of(regions, photo)) for _ in range(300)) if q]
    meant = [describe(regions, photo, rng).text for _ in range(300)]
    assert any("human" in text for text in said)
    assert not any(word in ("man", "woman", "men", "women") for text in said for word in re.findall(r"\w+", text))
    assert any(" man" in text for text in meant) and any(" woman" in text for text in meant)


def test_without_augmentation_a_photo_is_only_cut() -> None:
    rng = np.random.default_rng(2)
    photo, labels = rng.integers(0, 256, (SIDE, SIDE, 3), np.uint8), np.ones((SIDE, SIDE), np.uint8)
    labels[:, :20] = 2
    sampler = Sampler(3, SIDE, augmented=False)
    for _ in range(4):
        image, (cut,), _ = sampler.cut(Image.fromarray(photo), [labels])
        sample = sampler.finish(image, from_label_map(cut))
        assert sample
        np.testing.assert_array_equal(sample["image"], photo)
        np.testing.assert_array_equal(sample["masks"].any(0), True)
    changed = Sampler(3, SIDE).cut(Image.fromarray(photo), [labels])[0]
    assert not np.array_equal(changed, photo)


def test_a_step_has_its_tasks_as_often_as_it_was_told() -> None:
    each, every, never = (Turn("any", dict, **how) for how in ({"each": 2}, {"every": 3}, {}))
    assert [[turn.times(i) for i in range(4)] for turn in (each, every, never)] == [[2] * 4, [1, 0, 0, 1], [0] * 4]


def test_phrases_and_marks_take_turns_unless_left_out() -> None:
    model = XDecoder(replace(TINY, prompts=True))
    bench = Bench(model, Ids(small_tokenizer(TINY.text.vocabulary), TINY.text), SIDE)
    left = {w: MaskStep(bench, iter([]), without=w).turns for w in ((), (PHRASES,), (MARKS,), (PHRASES, MARKS))}
    assert list(left.values()) == [[PHRASES, MARKS], [MARKS], [PHRASES], [None]]
    assert MaskStep(bench, iter([]), more_every=3).turns == [PHRASES, BARE, BARE, MARKS, BARE, BARE]


@pytest.mark.parametrize("config", [TINY, TINY_SEEM], ids=lambda c: c.name)
@torch.no_grad()
def test_a_phrase_is_trained_in_the_pass_that_finds_it(config: XDecoderConfig) -> None:
    runtime, random = TorchRuntime(generated_model(config)), torch.Generator().manual_seed(7)
    pixels, tokens = torch.randn(2, 3, SIDE, SIDE, generator=random), torch.randn(2, 5, config.dim, generator=random)
    bias = torch.zeros(2, 5)
    bias[1, 3:] = BLOCKED
    trained = refer(runtime.model, runtime.model.encode(pixels)[0], tokens, bias)[-1]
    for i, length in enumerate((5, 3)):
        phrase = Phrase(tokens[i, :length], tokens[i, 0])
        found = ground(runtime, runtime.image(pixels[i : i + 1]), phrase).prediction
        torch.testing.assert_close(trained.embeddings[i], found.embeddings, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(trained.mask_embeddings[i], found.mask_embeddings, atol=1e-5, rtol=1e-5)


def _replica(rank: int, port: int, out: str) -> None:
    os.environ |= {
        "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    replicas, layer = Replicas(), torch.nn.Linear(2, 2)
    with torch.no_grad():
        layer.weight.fill_(float(1 + rank))
    layer.bias.requires_grad_(False)
    with torch.no_grad():
        layer.bias.fill_(float(rank))
    replicas.average(layer)
    seconds = replicas.agree(10.0 + rank)
    Path(out, f"{rank}.json").write_text(json.dumps([layer.weight[0, 0].item(), layer.bias[0].item(), seconds]))
    replicas.leave()


def test_two_processes_average_what_trains_and_end_together(tmp_path: Path) -> None:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    mp.spawn(_replica, (port, str(tmp_path)), nprocs=2)
    assert json.loads((tmp_path / "0.json").read_text()) == [1.5, 0.0, 11.0]
    assert json.loads((tmp_path / "1.json").read_text()) == [1.5, 1.0, 11.0]


def _own_photos(folder: Path) -> Path:
    """Two photos, a red square on each, in COCO's format; one has a crowd."""
    annotations = []
    for i in range(2):
        pixels = np.full((80, 96, 3), 200, np.uint8)
        pixels[20:60, 30:70] = (220, 20, 20)
        Image.fromarray(pixels).save(folder / f"{i}.png")
        box = [30, 20, 40, 40]
        ring = [30, 20, 70, 20, 70, 60, 30, 60]
        row = {"id": i + 1, "image_id": i, "category_id": 7, "segmentation": [ring], "area": 1600, "bbox": box}
        annotations.append({**row, "iscrowd": 0})
    images = [{"id": i, "file_name": f"{i}.png", "width": 96, "height": 80} for i in range(2)]
    file = folder / "own.json"
    file.write_text(
        json.dumps({"images": images, "annotations": annotations, "categories": [{"id": 7, "name": "red box"}]})
    )
    return file


def test_coco_annotations_become_samples(tmp_path: Path) -> None:
    stream = CocoStream(_own_photos(tmp_path), tmp_path, SIDE, 3)
    assert stream.names == ["red box"]
    sample = next(stream)
    inside = sample["image"][sample["masks"][0]].mean(0)
    assert inside[0] - inside[1] > 60, "the mask lies on the red square, however it was cut and turned"
    assert sample["classes"].tolist() == [0]


def test_what_is_broken_in_an_annotation_file_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _own_photos(tmp_path)
    told = json.loads(path.read_text())
    image, category = told["images"][0], told["categories"][0]["id"]
    shape = {"image_id": image["id"], "category_id": category, "iscrowd": 0, "area": 9.0, "bbox": [1, 1, 3, 3]}
    broken = [
        {**shape, "segmentation": []},
        {**shape, "segmentation": [[]]},
        {**shape, "segmentation": [[1, 1, 3, 3]]},
        {**shape, "segmentation": told["annotations"][0]["segmentation"], "category_id": 999},
    ]
    for annotation in told["annotations"]:
        annotation.pop("area", None)
    told["annotations"] += [{**each, "id": 900 + i} for i, each in enumerate(broken)]
    told["images"].append({"id": 77, "file_name": "gone.png", "width": 64, "height": 64})
    told["annotations"].append({**told["annotations"][0], "id": 950, "image_id": 77})
    path.write_text(json.dumps(told))
    stream = CocoStream(path, tmp_path, SIDE, 3)
    assert "left out: 4 annotations without mask or category, 1 photos" in capsys.readouterr().out
    assert next(stream)["masks"].any()
    # One that is damaged is met later, and the rest goes on.
    (tmp_path / image["file_name"]).write_bytes(b"no picture")
    if len(stream.ids) > 1:
        for _ in range(20):
            assert next(stream)["masks"].any()
        assert image["id"] not in stream.ids


def test_what_is_there_without_a_mask_is_never_said_to_be_absent() -> None:
    masks = np.zeros((2, SIDE, SIDE), bool)
    masks[0, 10:50, 10:50] = True
    masks[1, 60, 60] = True
    pixels = np.full((SIDE, SIDE, 3), 90, np.uint8)
    known = ["box", "speck", "crowd", "ghost"]
    regions = Regions(masks, ["box", "speck"], "own", np.zeros((SIDE, SIDE), bool), known, frozenset({"crowd"}))
    sampler, said = Sampler(3, SIDE, augmented=False), []
    for _ in range(200):
        sample = sampler.finish(pixels, regions)
        assert sample is not None and sample["ignore"][60, 60] and sample["ignore"].sum() == 1
        said += [sample["phrase"]] if not sample["phrase_mask"].any() else []
        said += [question for question, answer in sample["questions"] if answer == "no"]
    assert len(said) > 20
    assert all("ghost" in text for text in said)


def test_a_colour_is_named_as_the_model_sees_it() -> None:
    masks = np.ones((1, SIDE, SIDE), bool)
    # Nearly black, and black once it is darker.
    pixels = np.full((SIDE, SIDE, 3), 62, np.uint8)
    regions = Regions(masks, ["box"], "own", np.zeros((SIDE, SIDE), bool), ["box"])
    sampler, named = Sampler(5, SIDE), set()
    for _ in range(80):
        sample = sampler.finish(pixels, regions)
        assert sample is not None
        for question, answer in sample["questions"]:
            if question.startswith("what color"):
                assert answer == colour_of(sample["image"][sample["masks"][0]])
                named.add(answer)
    assert named == {"black", "gray"}


def test_a_stopped_fine_tuning_keeps_what_it_has(tmp_path: Path) -> None:
    model, steps, kept = generated_model(TINY), 0, []

    class Interrupted:
        def losses(self) -> dict[str, torch.Tensor]:
            nonlocal steps
            steps += 1
            if steps == 3:
                raise KeyboardInterrupt
            return {"some": model.decoder.class_embed.square().sum()}

    with pytest.raises(KeyboardInterrupt):
        finetune(model, Interrupted(), 1e-3, 5.0, keep=lambda: kept.append(steps))
    assert kept == [3]


def test_a_photo_asked_for_left_or_right_is_not_flipped() -> None:
    index = {"left": 0, "the right side": 1, "red": 2}
    assert sided_answers(index) == {0, 1}
    assert mirror("Left of the leftmost one, not right") == "Right of the rightmost one, not left"
    photo = np.zeros((SIDE, SIDE, 3), np.uint8)
    photo[:, : SIDE // 2] = 255
    asked = {"a": [("is it left?", [0])], "b": [("what colour?", [2])]}
    batches = QuestionBatches(asked, lambda _: Image.fromarray(photo), SIDE, 8, 1, sided_answers(index))
    turned = {"a": 0, "b": 0}
    for _ in range(6):
        images, _, _, files = next(batches)
        for image, file in zip(images, files, strict=True):
            turned[file] += int(image[:, -4:].mean() > image[:, :4].mean())
    assert turned["a"] == 0 and turned["b"] > 5


@pytest.mark.parametrize("count", [0, 1, 7, 37, 61, 130])
def test_every_region_has_its_share_of_points(count: int) -> None:
    torch.manual_seed(count)
    masks = torch.zeros(count, 16, 16, dtype=torch.bool)
    for i in range(count):
        masks[i, i // 16, i % 16] = True
    points = draw_points(masks, torch.ones(16, 16, dtype=torch.bool), 640, 384)
    assert len(points) == 1024
    assert all(int((points[640:] == i).sum()) >= 384 // count for i in range(count))


def test_fine_tuning_on_own_photos_changes_the_model_and_gives_a_checkpoint(tmp_path: Path) -> None:
    model = generated_model(TINY)
    before = model.decoder.class_embed.detach().clone()
    bench = Bench(model, Ids(small_tokenizer(TINY.text.vocabulary), TINY.text), SIDE)
    torch.manual_seed(0)
    step = coco_step(bench, _own_photos(tmp_path), tmp_path, 2, 1)
    losses = finetune(model, step, 1e-3, 5.0, most=3)
    assert {"class", "mask", "pick", "word"} <= losses.keys()
    assert all(np.isfinite(v) for v in losses.values())
    assert (model.decoder.class_embed - before).abs().max() > 1e-4
    save(model, tmp_path / "own.pt")
    again = load_checkpoint(tmp_path / "own.pt").model
    torch.testing.assert_close(again.decoder.class_embed, model.decoder.class_embed)


def test_fine_tuning_seem_trains_phrases_and_marks(tmp_path: Path) -> None:
    model = generated_model(TINY_SEEM)
    bench = Bench(model, Ids(small_tokenizer(TINY.text.vocabulary), TINY.text), SIDE)
    torch.manual_seed(0)
    step = coco_step(bench, _own_photos(tmp_path), tmp_path, 2, 1)
    for part in ({"pick", "word"}, {"prompt", "prompt mask"}):
        losses = finetune(model, step, 1e-3, 5.0, most=1)
        assert part <= losses.keys()
        assert all(np.isfinite(v) for v in losses.values())


def test_questions_outside_the_models_answers_are_refused(tmp_path: Path) -> None:
    _own_photos(tmp_path)
    lines = tmp_path / "own.jsonl"
    lines.write_text(json.dumps({"image": "0.png", "question": "what is it?", "answer": "a zeugma"}))
    model = generated_model(replace(TINY, answers=471))
    bench = Bench(model, Ids(small_tokenizer(TINY.text.vocabulary), TINY.text), SIDE)
    with pytest.raises(ValueError, match="fixed list of 471"):
        vqa_step(bench, lines, tmp_path, 2, 1)
    lines.write_text(json.dumps({"image": "0.png", "question": "what colour is it?", "answer": "red"}))
    loss = vqa_step(bench, lines, tmp_path, 2, 1).losses()["question"]
    assert float(loss.detach()) == pytest.approx(np.log(471), rel=0.5)
    with pytest.raises(ValueError, match="no answer classifier"):
        vqa_step(Bench(generated_model(replace(TINY, answers=0)), bench.ids, SIDE), lines, tmp_path, 2, 1)


def test_the_weights_of_a_pack_come_back(model: XDecoder) -> None:
    state, lost = recover(open_pack(FIXTURES / "tiny"))
    assert lost == []
    for name, value in model.state_dict().items():
        torch.testing.assert_close(state[name], value.half().float(), atol=1e-6, rtol=1e-6, msg=name)


def test_each_part_hears_each_task_as_the_table_says() -> None:
    model = nn.ModuleDict({"decoder": nn.Linear(3, 3, bias=False), "text_encoder": nn.Linear(3, 3, bias=False)})
    balance = Balance(model, {"masks": {"decoder": 1.0, "rest": 0.5}, "captions": {"rest": 0.25}})

    def lengths(task: str, strength: float) -> list[float]:
        for parameter in model.parameters():
            parameter.grad = strength * torch.ones_like(parameter)
        balance(task)
        return [float(p.grad.norm()) for p in model.parameters() if p.grad is not None]

    # A hundred times the strength changes nothing between tasks; within one, weak steps stay weak and strong are cut.
    assert lengths("masks", 100.0) == pytest.approx([1.0, 0.5], rel=1e-5)
    assert lengths("captions", 1.0) == pytest.approx([0.25, 0.25], rel=1e-5)
    assert lengths("captions", 0.1) == pytest.approx([0.025 / 0.955] * 2, rel=1e-5)
    assert lengths("captions", 1000.0) == pytest.approx([0.5] * 2, rel=1e-5)
    next(model.parameters()).grad = None
    assert lengths("masks", 0.0) == [0.0, 0.0]


def test_pasted_things_cover_what_lies_under_them() -> None:
    paste = Paster(np.random.default_rng(2), chance=1.0)
    wall, thing = np.ones((SIDE, SIDE), bool), np.zeros((SIDE, SIDE), bool)
    thing[20:36, 24:40] = True
    known = ["wall", "lamp"]
    first = Regions(np.stack([wall & ~thing, thing]), ["wall", "lamp"], "ade150", ~wall, known)
    photo = np.full((SIDE, SIDE, 3), 10, np.uint8)
    photo[thing] = 200
    same, regions = paste(photo, first)
    assert same is photo and regions is first  # nothing is kept yet
    empty = Regions(wall[None], ["wall"], "ade150", wall, known)
    image, regions = paste(np.full((SIDE, SIDE, 3), 10, np.uint8), empty)
    assert regions.names == ["wall", "lamp"]
    lamp = regions.masks[1]
    assert lamp.sum() >= 80 and (image[lamp] > 100).mean() > 0.8 and (image[~lamp] == 10).all()
    assert not (regions.masks[0] & lamp).any() and not (regions.unknown & lamp).any()
    # A name that these labels could not have used is not pasted among them.
    stays = replace(empty, known=["wall"])
    assert paste(photo, stays)[1] is stays


def test_mixed_weights_lie_between_two_checkpoints_of_one_model(tmp_path: Path) -> None:
    first, second = ({"a": torch.tensor([x, 1.0]), "n": torch.tensor(int(x))} for x in (0.0, 4.0))
    mixed = mix(Checkpoint("tiny", first), Checkpoint("tiny", second, photos=7), 0.25)
    assert mixed.model["a"].tolist() == [1.0, 1.0]
    assert (int(mixed.model["n"]), mixed.photos, mixed.raw) == (4, 7, {})
    trained = Checkpoint("tiny", first, raw=second)
    assert mix(unaveraged(trained), trained, 0.5).model["a"].tolist() == [2.0, 1.0]
    with pytest.raises(ValueError, match="averaged weights alone"):
        unaveraged(Checkpoint("tiny", first))
    with pytest.raises(ValueError, match="can not be mixed"):
        mix(Checkpoint("tiny", first), Checkpoint("default", second), 0.5)
    with pytest.raises(ValueError, match="can not be mixed"):
        mix(Checkpoint("tiny", first), Checkpoint("tiny", {"a": first["a"]}), 0.5)
