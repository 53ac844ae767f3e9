"""Visual prompts: who answers, and that the answer obeys the clicks. `src/tasks/correct.test.ts` has the same scene."""

from types import SimpleNamespace
from typing import cast

import pytest
import torch

from xdecoder.runtime import Features, Prediction, Runtime
from xdecoder.runtime.interface import VisualPrompt
from xdecoder.tasks.correct import Click, corrected
from xdecoder.tasks.marks import Marks, to_obey
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
