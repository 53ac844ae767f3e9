"""Picture files to pixels: sizes, orientation, transparency, padding, refusals."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from xdecoder.model.config import PreprocessConfig
from xdecoder.preprocess import ImageError, InputSize, normalise_pixels, open_picture, read_image

CONFIG = PreprocessConfig()


@pytest.mark.parametrize(
    ("size", "picture", "expected"),
    [
        (InputSize(512, demo=True), (427, 640), (512, 767)),
        (InputSize(512, demo=True), (640, 427), (767, 512)),
        (InputSize(800, 1333), (427, 640), (800, 1199)),
        (InputSize(800, 1333), (300, 1000), (400, 1333)),
        (InputSize(384, 640), (100, 100), (384, 384)),
        (InputSize(640, square=True), (300, 1000), (640, 640)),
        (InputSize(0), (301, 77), (301, 77)),
        (InputSize(32, 64), (1, 5000), (1, 64)),
    ],
)
def test_sizes(size: InputSize, picture: tuple[int, int], expected: tuple[int, int]) -> None:
    assert size.of(*picture) == expected


def test_padding_follows_normalisation() -> None:
    pixels = normalise_pixels(np.full((30, 40, 3), 255, np.uint8), CONFIG)
    assert pixels.shape == (1, 3, 32, 64)
    assert not pixels[..., 30:, :].any() and not pixels[..., 40:].any()
    torch.testing.assert_close(pixels[0, :, 0, 0], (255 - torch.tensor(CONFIG.mean)) / torch.tensor(CONFIG.std))


def test_a_picture_keeps_its_own_size_beside_the_fed_one() -> None:
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 256, (50, 90, 3), np.uint8))
    picture = open_picture(photo, InputSize(64, 100), CONFIG, "bilinear")
    assert (picture.size, picture.content, picture.padded) == ((50, 90), (56, 100), (64, 128))
    assert torch.equal(picture.pixels, open_picture(np.asarray(photo), InputSize(64, 100), CONFIG, "bilinear").pixels)


def test_orientation_is_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "a.jpg", exif=exif)
    assert read_image(tmp_path / "a.jpg").size == (20, 40)


def test_transparency_lies_on_white_and_deep_grey_keeps_its_tones(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert read_image(tmp_path / "a.png").getpixel((1, 1)) == (255, 255, 255)
    Image.fromarray(np.full((4, 4), 0x8000, np.uint16)).save(tmp_path / "b.png")
    assert read_image(tmp_path / "b.png").getpixel((1, 1)) == (128, 128, 128)


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="no such file"):
        read_image(tmp_path / "none.png")
    (tmp_path / "text.jpg").write_text("hello")
    with pytest.raises(ImageError, match="not a picture"):
        read_image(tmp_path / "text.jpg")
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)).save(tmp_path / "whole.jpg")
    (tmp_path / "half.jpg").write_bytes((tmp_path / "whole.jpg").read_bytes()[:1500])
    with pytest.raises(ImageError, match="damaged"):
        read_image(tmp_path / "half.jpg")
