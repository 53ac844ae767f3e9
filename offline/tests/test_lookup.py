"""Questions whose thing is looked up: where, of what colour, whether it is there; and what is taught about colours."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from xdecoder.model.config import PreprocessConfig
from xdecoder.preprocess import InputSize, open_picture
from xdecoder.runtime import Prediction, TextCodec
from xdecoder.tasks.asked import Asked, asked_of
from xdecoder.tasks.lookup import Asking, colour_under, find
from xdecoder.tasks.opened import Opened
from xdecoder.train.teach_colours import SHARES, fit

SURE, LOGIT_SCALE = 20.0, 5.0
SIZE = InputSize(14)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("what color is the dog?", Asked("colour", "dog")),
        ("  What is the colour of table lamp ?", Asked("colour", "table lamp")),
        ("what color are these shoes in the photo?", Asked("colour", "shoes")),
        ("what colour is the chair on the carpet?", Asked("colour", "chair on the carpet")),
        ("is there a dog in the picture?", Asked("presence", "dog")),
        ("Are there any people", Asked("presence", "people")),
        ("can you see an umbrella in this image?", Asked("presence", "umbrella")),
        ("do you see a man on a horse?", Asked("presence", "man on a horse")),
        ("what color is it?", None),
        ("What colour are they?", None),
        ("is the dog brown?", None),
        ("how many colours of flowers are there?", None),
        ("what is the color?", None),
        ("is there something?", None),
        ("what is there?", None),
        ("", None),
    ],
)
def test_what_a_question_asks(question: str, asked: Asked | None) -> None:
    assert asked_of(question) == asked


class Seen:
    """A runtime whose first query is the thing, in the two cells at the top left, and whose second is all else.

    Its answers are how red, green and blue the middle of the picture is.
    """

    info = SimpleNamespace(
        preprocess=PreprocessConfig(), logit_scale=LOGIT_SCALE, templates=("{}",), mask_resize="bilinear"
    )

    def image(self, pixels: Tensor) -> Any:
        return SimpleNamespace(pixels=pixels)

    def base(self, features: Any) -> Prediction:
        masks = torch.full((2, features.pixels.shape[-2] // 4, features.pixels.shape[-1] // 4), -SURE)
        masks[0, 0, :2], masks[1], masks[1, 0, :2] = SURE, SURE, -SURE
        # In the padding all is the thing.
        masks[0, 4:], masks[0, :, 4:] = 3 * SURE, 3 * SURE
        return Prediction(masks, torch.eye(2))

    def text(self, ids: list[str]) -> Tensor:
        return torch.stack([torch.eye(2)[int("background" in text)].expand(1, 2) for text in ids])

    def vqa(self, features: Any, tokens: Tensor) -> Tensor:
        return features.pixels[0, :, 7, 7].clone()


class Said:
    """A codec that leaves texts as they are."""

    end = 0

    def __call__(self, texts: list[str]) -> list[str]:
        return texts


CODEC = cast(TextCodec, Said())


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    monkeypatch.setattr("xdecoder.tasks.vocabulary.sentences", lambda tokens, ids, end: tokens[:, 0])
    rgb = np.zeros((14, 14, 3), np.uint8)
    rgb[:4, :8] = (200, 60, 30)
    rgb[0, :8] = (10, 250, 90)
    runtime, photo = cast(Any, Seen()), Image.fromarray(rgb)
    picture = open_picture(photo, SIZE, runtime.info.preprocess)
    return Opened(runtime, picture, runtime.image(picture.pixels), SIZE, "bicubic", lambda: photo)


def asking(opened: Opened, question: str) -> Asking:
    return Asking(opened, lambda: opened, CODEC, {0: "red", 1: "yes", 2: "no"}, question)


def test_a_thing_has_the_median_colour_of_what_is_seen_of_it(opened: Opened) -> None:
    config = PreprocessConfig()
    seen = colour_under(opened, find(opened, CODEC, "cup"))
    rgb = seen * torch.tensor(config.std) + torch.tensor(config.mean)
    assert rgb.tolist() == pytest.approx([200, 60, 30], abs=1e-3)


def test_a_colour_is_asked_of_alone(opened: Opened) -> None:
    whole, question = opened.picture.pixels[0, :, 7, 7], "what color is the cup?"
    alone = colour_under(opened, find(opened, CODEC, "cup"))
    asked = asking(opened, question).logits({"colour": 0.5}.__getitem__)
    torch.testing.assert_close(asked, whole.log_softmax(-1) + 0.5 * alone.log_softmax(-1))
    assert int(whole.argmax()) != 0 and int(asking(opened, question).logits({"colour": 2.0}.__getitem__).argmax()) == 0
    height, width = opened.picture.content
    even = opened.even(alone).pixels[0]
    assert not even[:, height:].any() and not even[:, :, width:].any()
    torch.testing.assert_close(even[:, :height, :width], alone[:, None, None].expand(-1, height, width))


def test_what_is_there_is_as_likely_as_its_largest_sum(opened: Opened) -> None:
    there = torch.sigmoid(torch.tensor(LOGIT_SCALE))
    seen = torch.stack([torch.tensor(1e-4).log(), there.log(), (1 - there).log()])
    asked = asking(opened, "is there a cup in the picture?").logits({"presence": 2.0}.__getitem__)
    whole = opened.picture.pixels[0, :, 7, 7].log_softmax(-1)
    torch.testing.assert_close(asked, whole + 2 * seen, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("question", ["what color is the cup?", "is there a cup?", "how many cups are there?"])
def test_other_questions_and_packs_are_left_alone(opened: Opened, question: str) -> None:
    weights = {"colour": 0.0, "presence": 0.0}
    torch.testing.assert_close(asking(opened, question).logits(weights.__getitem__), opened.picture.pixels[0, :, 7, 7])


def test_colours_are_learnt_and_photos_are_answered_as_before() -> None:
    torch.manual_seed(5)
    classifier = nn.Sequential(nn.Linear(8, 16), nn.LayerNorm(16), nn.GELU(), nn.Linear(16, 4)).requires_grad_(False)
    states = {kind: torch.randn(200, 8) + 4 * torch.eye(8)[i] for i, kind in enumerate(SHARES)}
    right = {kind: (states[kind][:, 5] > 0).long() for kind in ("colours", "rooms' colours")}
    taught = fit(classifier, states, right, 300)
    moved = {}
    for kind, rows in states.items():
        with torch.no_grad():
            before, now = (c(rows).softmax(1) for c in (classifier, taught))
        moved[kind] = float((before - now).abs().mean())
        if kind in right:
            hits = [(p.argmax(1) == right[kind]).float().mean() for p in (before, now)]
            assert hits[1] > 0.9 > 0.7 > hits[0], kind
    assert max(moved["photos"], moved["rooms"]) < 0.25 * min(moved[kind] for kind in right), moved
