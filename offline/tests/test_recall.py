"""Recall of retrieval, against ranks counted by hand."""

import pytest
import torch

from xdecoder.evaluate.recall import recall


def test_recall_counts_the_rank_of_each_sentences_photo_and_of_each_photos_best_sentence() -> None:
    # Seven photos, two sentences each: a photo's first sentence fits it best, its second fits six photos better.
    scores = torch.zeros(14, 7)
    for photo in range(7):
        scores[2 * photo, photo] = 1.0
        scores[2 * photo + 1] = 0.5
        scores[2 * photo + 1, photo] = 0.1
    found = recall(scores, 2)
    assert found["retrieval, text to image R@1 %"] == pytest.approx(50)
    assert found["retrieval, text to image R@5 %"] == pytest.approx(50)
    assert found["retrieval, text to image R@10 %"] == pytest.approx(100)
    assert found["retrieval, image to text R@1 %"] == pytest.approx(100)
    # The first sentences of two photos are mixed up: six others' second ones come before each photo's own.
    scores[[0, 2]] = scores[[2, 0]]
    found = recall(scores, 2)
    assert found["retrieval, text to image R@1 %"] == pytest.approx(100 * 5 / 14)
    assert found["retrieval, image to text R@5 %"] == pytest.approx(100 * 5 / 7)
