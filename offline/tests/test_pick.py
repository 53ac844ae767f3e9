"""Visual prompts: what a person excludes is not the answer."""

from types import SimpleNamespace
from typing import cast

import torch

from xdecoder.runtime import Features, Prediction, Runtime
from xdecoder.runtime.interface import VisualPrompt
from xdecoder.tasks.prompts import Click, obeying, pick


def _masks() -> torch.Tensor:
    """Logits (3, 8, 10): the left half, the upper half, everything."""
    masks = torch.full((3, 8, 10), -4.0)
    masks[0, :, :5] = masks[1, :4] = masks[2] = 4.0
    return masks


def test_a_mask_obeys_clicks_where_all_that_is_meant_lies_inside_and_nothing_that_is_not() -> None:
    masks, inside, below = _masks(), (0.1, 0.2, True), (0.9, 0.2, False)
    assert obeying(masks, [inside]).tolist() == [True, True, True]
    assert obeying(masks, [inside, below]).tolist() == [False, True, False]
    # The first cell past the middle, and the very edge.
    assert obeying(masks, [(0.0, 0.499, True), (0.0, 0.5, False), (1.0, 1.0, False)]).tolist() == [True, False, False]


def test_an_excluding_click_moves_the_answer_and_others_leave_it_to_the_scores() -> None:
    prediction = SimpleNamespace(masks=_masks(), mask_embeddings=torch.tensor([[2.0, 0.0], [1.0, 0.0], [3.0, 0.0]]))
    runtime = cast(Runtime, SimpleNamespace(prompted=lambda *_: cast(Prediction, prediction)))
    under = VisualPrompt(torch.tensor([1.0, 0.0]), [])

    def query(*clicks: Click) -> int:
        return pick(runtime, cast(Features, None), [under], clicks=clicks).query

    assert query() == 2
    assert query((0.1, 0.8, True), (0.1, 0.2, True)) == 2
    assert query((0.1, 0.2, True), (0.9, 0.8, False)) == 0
    assert query((0.1, 0.8, True), (0.9, 0.8, False)) == 1
    # Nothing obeys: the nearest answers, as without the rule.
    assert query((0.1, 0.8, True), (0.1, 0.8, False)) == 2
