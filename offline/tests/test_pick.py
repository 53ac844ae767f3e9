"""Visual prompts: who answers, and that the answer obeys the clicks. `src/tasks/correct.test.ts` has the same scene."""

from types import SimpleNamespace
from typing import cast

import pytest
import torch
from PIL import Image

from xdecoder.runtime import Features, Prediction, Runtime
from xdecoder.runtime.interface import VisualPrompt
from xdecoder.tasks.correct import Click, corrected
from xdecoder.tasks.marks import Drawn, Marks, check_marks, to_obey
from xdecoder.tasks.pick import choose
from xdecoder.tasks.prompts import meant, pick

LEFT, MIDDLE, RIGHT = ((6.5 / 16, (column + 0.5) / 24) for column in (4, 12, 20))


def _masks() -> torch.Tensor:
    """Logits (4, 16, 24): everything, the left third, the middle, the right third."""
    masks = torch.full((4, 16, 24), -6.0)
    masks[0] = masks[1, :, :8] = masks[2, :, 8:16] = masks[3, :, 16:] = 6.0
    return masks


def _at(mask: torch.Tensor) -> list[bool]:
    return (mask > 0)[6, [4, 12, 20]].tolist()


def test_clicks_that_are_right_already_change_nothing() -> None:
    masks = _masks()
    assert torch.equal(corrected(masks[0], masks, []), masks[0])
    assert torch.equal(corrected(masks[0], masks, [(*LEFT, True), (*RIGHT, True)]), masks[0])


def test_clicks_off_the_picture_are_on_its_edge() -> None:
    masks = _masks()
    # Once above the picture, once left of it: not from the other edge, nor in another row.
    for off, on in (((-0.3, 0.6), (0.0, 0.6)), ((0.4, -0.2), (0.4, 0.0)), ((0.4, 1.7), (0.4, 0.99))):
        assert torch.equal(corrected(masks[2], masks, [(*off, False)]), corrected(masks[2], masks, [(*on, False)]))
        assert torch.equal(corrected(masks[2], masks, [(*off, True)]), corrected(masks[2], masks, [(*on, True)]))


def test_what_clicks_exclude_is_lost_and_what_they_mean_is_gained() -> None:
    masks = _masks()
    less = corrected(masks[0], masks, [(*LEFT, True), (*RIGHT, False)])
    assert _at(less) == [True, True, False]
    assert float(less[6, 14]) == pytest.approx(4.1186, abs=1e-3)
    assert _at(corrected(masks[1], masks, [(*LEFT, True), (*MIDDLE, True)])) == [True, True, False]


@pytest.mark.parametrize(("scale", "best"), [(None, [4.0, 4.0]), (0.25, [5.0, 1.0])])
def test_queries_answer_as_much_as_they_are_meant(scale: float | None, best: list[float]) -> None:
    masks = torch.tensor([[[8.0, -8.0]], [[4.0, 4.0]], [[-2.0, 6.0]]])
    scores = torch.tensor([0.0, 4 * 1.0986123, -400.0])
    assert meant(masks, scores, scale)[0].tolist() == pytest.approx(best, abs=1e-4)


def test_the_answer_of_the_nearest_query_obeys_the_clicks() -> None:
    prediction = SimpleNamespace(masks=_masks(), mask_embeddings=torch.tensor([[3.0], [1.0], [2.0], [0.0]]))
    runtime = cast(Runtime, SimpleNamespace(prompted=lambda *_: cast(Prediction, prediction)))
    under = VisualPrompt(torch.tensor([1.0]), [])
    clicks: tuple[Click, ...] = ((*LEFT, True), (*RIGHT, False))
    plain, cut = (pick(runtime, cast(Features, None), [under], clicks=given) for given in ((), clicks))
    assert plain.query == cut.query == 0
    assert (plain.mask > 0).all() and _at(cut.mask) == [True, True, False]


def test_a_box_is_answered_by_the_mask_that_fits_it_and_nothing_outside() -> None:
    masks = torch.cat([_masks(), torch.full((1, 16, 24), -6.0)])
    prediction = SimpleNamespace(masks=masks, mask_embeddings=torch.tensor([[3.0], [1.0], [2.0], [0.0], [0.0]]))
    runtime = cast(Runtime, SimpleNamespace(prompted=lambda *_: cast(Prediction, prediction)))
    box = torch.zeros(16, 24, dtype=torch.bool)
    box[2:14, 9:16] = True
    picked = pick(runtime, cast(Features, None), [VisualPrompt(torch.tensor([1.0]), [])], box=box)
    assert picked.query == 2
    assert torch.equal(picked.mask > 0, box)


def test_a_box_means_its_middle_and_a_stroke_its_whole_way() -> None:
    stroke = tuple((float(x), 5.0) for x in range(0, 90, 10))
    clicks = to_obey(Marks(box=(10, 20, 40, 60), stroke=stroke), (100, 100), (50, 50), (64, 64))
    inner = [(50.0, 30.0), (50.0, 22.0), (50.0, 38.0), (38.0, 30.0), (62.0, 30.0)]
    along = [(5.0, x) for x in (0.0, 20.0, 40.0, 60.0, 80.0)]
    wanted = [(y / 128, x / 128, True) for y, x in [*inner, *along]]
    assert [pytest.approx(c) for c in wanted] == clicks
    clicked = to_obey(Marks(box=(10, 20, 40, 60), clicks=((1, 2, 0),)), (100, 100), (50, 50), (64, 64))
    assert clicked == [(2 / 128, 1 / 128, False)]


@pytest.mark.parametrize(
    ("over", "clamped"),
    [
        ((-20, -12, 50, 40), (0, 0, 30, 28)),
        ((-20, 10, 50, 8), (0, 10, 30, 8)),
        ((70, 30, 90, 80), (70, 30, 26, 34)),
        ((-5, -5, 200, 200), (0, 0, 96, 64)),
    ],
)
def test_a_box_over_the_edge_is_the_part_of_it_that_is_there(
    over: tuple[float, float, float, float], clamped: tuple[float, float, float, float]
) -> None:
    drawn, wanted = (Drawn(Marks(box=box), (64, 96), (32, 48), (32, 48)).box for box in (over, clamped))
    assert drawn is not None and wanted is not None
    assert torch.equal(drawn, wanted) and drawn.any()


def test_a_box_that_touches_the_picture_by_a_hair_marks_its_edge() -> None:
    last = Drawn(Marks(box=(95.5, 63.5, 80, 40)), (64, 96), (16, 24), (16, 24)).box
    assert last is not None and last.nonzero().tolist() == [[15, 23]]
    first = Drawn(Marks(box=(-80, -40, 80.1, 40.1)), (64, 96), (16, 24), (16, 24)).box
    assert first is not None and first.nonzero().tolist() == [[0, 0]]


@pytest.mark.parametrize(("x", "y"), [(0, 0), (1, 2), (50, 33), (95, 63)])
def test_a_mask_of_a_single_pixel_is_not_lost(x: int, y: int) -> None:
    mask = Image.new("L", (96, 64))
    mask.putpixel((x, y), 255)
    drawn = Drawn(Marks(mask=mask), (64, 96), (16, 24), (16, 24)).positive
    assert drawn is not None and drawn.nonzero().tolist() == [[y // 4, x // 4]]


def test_marks_off_the_picture_do_not_count() -> None:
    masks, off = _masks(), Drawn(Marks(box=(-40, -40, 20, 20), clicks=((-90, 5, 1),)), (64, 96), (16, 24), (16, 24))
    assert off.box is None and off.positive is not None and not off.positive.any()
    assert torch.equal(choose(masks, off.positive, None, off.box), torch.ones(4))


@pytest.mark.parametrize(
    ("marks", "wrong"),
    [
        (Marks(), "nothing is pointed at"),
        (Marks(clicks=((1, 2, 0),)), "nothing is pointed at"),
        (Marks(clicks=((1, float("nan"), 1),)), "no number"),
        (Marks(box=(1, 2, 0, 5)), "the box is empty"),
        (Marks(mask=Image.new("L", (4, 4), 127)), "the mask is empty"),
        (Marks(clicks=((96, 2, 1), (1, 2, 0)), stroke=((3, 64),)), "outside the picture"),
        (Marks(box=(-50, -50, 40, 60)), "outside the picture"),
        (Marks(box=(-50, -50, 60, 60)), None),
        (Marks(clicks=((95, 63, 1), (-9, 2, 1))), None),
        (Marks(clicks=((1, 2, 0),), box=(1, 2, 3, 4)), None),
        (Marks(clicks=((1, 2, 0), (0, 0, 1))), None),
        (Marks(stroke=((0, 0),)), None),
        (Marks(mask=Image.new("L", (4, 4), 128)), None),
    ],
)
def test_marks_point_at_something(marks: Marks, wrong: str | None) -> None:
    found = check_marks(marks, (64, 96))
    assert found is None if wrong is None else found is not None and wrong in found
