"""Maps of names: what a picture is mostly of, and its mirror image at another size."""

from types import SimpleNamespace
from typing import cast

import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from xdecoder.model.config import PreprocessConfig
from xdecoder.postprocess import label_map, shares
from xdecoder.preprocess import InputSize, open_picture
from xdecoder.runtime import Prediction, Runtime
from xdecoder.tasks.mirror import both_ways

SURE = 20.0


def test_what_much_of_the_picture_is_called_by_wins_what_is_nearly_level() -> None:
    # One query is wall (name 0) and fills the left three quarters; the other wavers between it and sky (1).
    logits = torch.tensor([[6.0, 0.0, -9.0], [2.0, 2.1, -9.0]])
    masks = torch.full((2, 4, 8), -SURE)
    masks[0, :, :6], masks[1, :, 6:] = SURE, SURE
    share = shares(logits, masks)
    assert share[0] == pytest.approx((24 * 0.9975 + 8 * 0.475) / 32, abs=1e-3)
    assert share.sum() == pytest.approx(1, abs=1e-4)
    plain, favoured = label_map(logits, masks, share**0), label_map(logits, masks, share**0.15)
    assert plain[0].tolist() == [0] * 6 + [1] * 2
    assert favoured.unique().tolist() == [0]


class Seen:
    """A runtime whose one query sees the red of the picture, four pixels a cell."""

    def image(self, pixels: Tensor) -> Tensor:
        return pixels

    def base(self, features: Tensor) -> Prediction:
        return Prediction(F.avg_pool2d(features[:, 0], 4), torch.ones(1, 2))


@pytest.mark.parametrize("smaller", [InputSize(96), InputSize(72), InputSize(60)])
def test_masks_of_the_mirror_image_lie_where_those_of_the_picture_do(smaller: InputSize) -> None:
    # A slope to the right and down, of a shape that is padded; a quarter of a cell off is too far.
    photo = Image.fromarray(
        (torch.arange(100)[None] * 1.5 + torch.arange(70)[:, None]).to(torch.uint8)[..., None].expand(-1, -1, 3).numpy()
    )
    config = PreprocessConfig()
    here, there = (open_picture(photo, size, config, "bilinear") for size in (InputSize(96), smaller))
    runtime = cast(Runtime, Seen())
    both = both_ways(runtime, here, runtime.base(cast(SimpleNamespace, here.pixels)), there)
    rows, columns = (side // 4 - 2 for side in here.content)
    upright, back = both.masks[:, 2:rows, 2:columns]
    assert both.masks.shape == (2, here.padded[0] // 4, here.padded[1] // 4) and both.embeddings.shape == (2, 2)
    assert here.padded != here.content and upright.std() > 0.3
    torch.testing.assert_close(back, upright, atol=0.02, rtol=0)
