"""Visual prompts: what a person excludes is not the answer."""

from types import SimpleNamespace
from typing import cast

import torch

from xdecoder.runtime import Features, Prediction, Runtime
from xdecoder.runtime.interface import VisualPrompt
from xdecoder.tasks.prompts import Click, pick, without


def _masks() -> torch.Tensor:
    """Logits (4, 8, 10): everything, the right half, the right half's upper part, all but the left column."""
    masks = torch.full((4, 8, 10), -4.0)
    masks[0] = masks[1, :, 5:] = masks[2, :4, 5:] = masks[3, :, 1:] = 4.0
    return masks


def test_what_is_excluded_is_cut_away_with_the_smallest_mask_that_has_it_and_nothing_meant() -> None:
    masks, left, upper, lower = _masks(), (0.1, 0.2, True), (0.1, 0.8, False), (1.0, 1.0, False)

    def left_over(*clicks: Click) -> list[list[bool]]:
        return (without(masks[0], masks, clicks) > 0)[[1, 6]][:, [0, 2, 7]].tolist()

    whole = [[True] * 3] * 2
    assert left_over() == left_over(left) == whole
    assert left_over(left, upper) == [[True, True, False], [True, True, True]]
    assert left_over(left, lower) == left_over(left, upper, lower) == [[True, True, False]] * 2
    # What is meant is in every mask that has the excluded place: nothing is cut.
    assert left_over((0.1, 0.8, True), (0.9, 0.8, False)) == whole


def test_the_answer_of_the_nearest_query_is_cut() -> None:
    prediction = SimpleNamespace(masks=_masks(), mask_embeddings=torch.tensor([[3.0], [1.0], [2.0], [0.0]]))
    runtime = cast(Runtime, SimpleNamespace(prompted=lambda *_: cast(Prediction, prediction)))
    under = VisualPrompt(torch.tensor([1.0]), [])
    clicks = ((0.1, 0.2, True), (0.9, 0.9, False))
    plain, cut = (pick(runtime, cast(Features, None), [under], clicks=given) for given in ((), clicks))
    assert plain.query == cut.query == 0
    assert (plain.mask > 0).all() and (cut.mask > 0).float().mean() == 0.5
