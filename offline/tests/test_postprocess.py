"""Post-processing on synthetic queries, against the original code's results."""

import numpy as np
import pytest
import torch
from conftest import GOLDEN
from pycocotools import mask as coco

from xdecoder.model.geometry import MaskResize
from xdecoder.parity.check import compare
from xdecoder.parity.others import postprocess_arrays
from xdecoder.postprocess import best_query, distinct, foreground, instances, label_map, panoptic, to_picture, weighed
from xdecoder.postprocess.resize import resize
from xdecoder.postprocess.rle import bounding_box, decode, encode


def test_original_results() -> None:
    found = postprocess_arrays()
    with np.load(GOLDEN / "postprocess.npz") as golden:
        missed = [c.line() for c in (compare(k, golden[k], found[k]) for k in golden.files) if not c.passed]
    assert missed == []


def test_nothing_kept_gives_an_empty_map() -> None:
    found = panoptic(torch.zeros(3, 5), torch.randn(3, 4, 6), [True] * 4)
    assert found.segments == [] and not found.ids.any()


def test_stuff_of_one_class_is_one_segment() -> None:
    logits = torch.full((2, 3), -9.0)
    logits[:, 0] = 9
    masks = torch.full((2, 4, 8), -9.0)
    masks[0, :, :4], masks[1, :, 4:] = 9, 9
    assert len(panoptic(logits, masks, [False, True]).segments) == 1
    assert len(panoptic(logits, masks, [True, True]).segments) == 2


def test_of_queries_that_mean_the_same_the_surest_stays() -> None:
    # Three claims on the left half, of which one has another name; a fourth on a quarter of it; a fifth on the right.
    logits = torch.tensor([[2.0, 0, 0], [4.0, 0, 0], [0, 3.0, 0], [5.0, 0, 0], [1.0, 0, 0]])
    masks = torch.full((5, 4, 8), -9.0)
    masks[:3, :, :4], masks[3, :, :2], masks[4, :, 4:] = 9, 9, 9
    assert distinct(logits, masks, 0.6).tolist() == [1, 2, 3, 4]
    # Half of the left half is the fourth's, which is surer than both; what it has put aside takes nothing with it.
    assert distinct(logits, masks, 0.4).tolist() == [2, 3, 4]
    assert distinct(logits, masks).tolist() == [0, 1, 2, 3, 4]
    assert distinct(logits[:0], masks[:0], 0.5).tolist() == []


def test_two_claims_on_one_thing_cost_both_their_share_unless_they_are_one() -> None:
    logits = torch.tensor([[4.0, 0.0], [3.9, 0.0]])
    # Each is ahead on one half of what both claim.
    masks = torch.full((2, 2, 8), 3.0)
    masks[0, :, :4], masks[1, :, 4:] = 5, 5
    assert panoptic(logits, masks, [True], overlap=0.6).segments == []
    stay = distinct(logits, masks, 0.5)
    found = panoptic(logits[stay], masks[stay], [True], overlap=0.6)
    assert len(found.segments) == 1 and bool((found.ids == 1).all())


def test_instances_are_things_only_and_sorted() -> None:
    generator = torch.Generator().manual_seed(1)
    logits, masks = torch.randn(9, 5, generator=generator) * 4, torch.randn(9, 8, 8, generator=generator)
    found = instances(logits, masks, [True, False, True, False], detections=12)
    assert set(found.labels.tolist()) <= {0, 2}
    assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)


def test_background_takes_from_a_query_that_half_means_it_unless_it_may_not_compete() -> None:
    # The first query means its name less than background, the second is fairly sure of another name.
    logits, masks = torch.tensor([[2.0, 0.0, 3.0], [0.0, 1.0, -9.0]]), torch.full((2, 2, 2), 9.0)
    assert label_map(logits, masks).unique().tolist() == [1]
    assert label_map(weighed(logits, 0.0), masks).unique().tolist() == [0]
    odds, half = logits.softmax(-1), weighed(logits, 0.5).softmax(-1)
    torch.testing.assert_close(half[:, :2] / half[:, 2:], 2 * odds[:, :2] / odds[:, 2:])


def test_scale_is_clamped_for_phrases() -> None:
    e = torch.eye(4)
    query, scores = best_query(e, e[2], 500.0)
    assert query == 2 and float(scores.max()) == pytest.approx(100, rel=1e-5)
    assert foreground(torch.tensor([-1.0, 0.0, 1.0])).tolist() == [False, False, True]


def test_padding_is_cut_off_before_the_last_resize() -> None:
    """What lies in the padding never reaches the picture, except through the resize's own taps at its border."""
    masks = torch.zeros(1, 16, 24)
    masks[..., 21:] = 50
    picture = to_picture(masks, (64, 96), (64, 64), (128, 128))
    assert picture.shape == (1, 128, 128)
    assert float(picture[..., :120].abs().max()) < 1e-3


@pytest.mark.parametrize("kind", ["bicubic-antialias", "bilinear"])
def test_a_picture_one_pixel_wide_is_the_one_pixel_high_one_turned(kind: MaskResize) -> None:
    masks = torch.randn(2, 24, 8, generator=torch.Generator().manual_seed(1))
    upright, lying = resize(masks, (40, 1), kind), resize(masks.transpose(1, 2).contiguous(), (1, 40), kind)
    torch.testing.assert_close(upright, lying.transpose(1, 2), rtol=0, atol=1e-6)


@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (64, 96), (3, 200)])
def test_run_lengths_come_back(shape: tuple[int, int]) -> None:
    for seed in range(4):
        mask = np.random.default_rng(seed).random(shape) < (0.02, 0.5, 0.0, 1.0)[seed]
        np.testing.assert_array_equal(decode(encode(mask)), mask)


def test_run_lengths_are_cocos() -> None:
    """Column-major, the first run counts zeros; values worked out by hand from the format."""
    mask = np.array([[0, 1, 1], [0, 1, 0]], bool)
    assert encode(mask) == {"size": [2, 3], "counts": "231"}
    assert encode(np.zeros((2, 3), bool))["counts"] == "6"
    assert encode(np.ones((2, 3), bool))["counts"] == "06"
    assert bounding_box(mask) == [1, 0, 2, 2]
    assert bounding_box(np.zeros((2, 3), bool)) == [0, 0, 0, 0]


@pytest.mark.parametrize("share", [0.01, 0.5])
def test_many_run_lengths_are_cocos(share: float) -> None:
    """From the fourth on a run is written as its difference from the run two before."""
    drawn = np.random.default_rng(3).random((120, 90)) < share
    assert encode(drawn)["counts"] == coco.encode(np.asfortranarray(drawn, np.uint8))["counts"].decode()
