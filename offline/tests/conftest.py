"""Small models with generated weights, and where the large references are."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "2")

from pathlib import Path

import pytest
import torch

from xdecoder.model.config import BackboneConfig, TextConfig, XDecoderConfig
from xdecoder.model.xdecoder import XDecoder
from xdecoder.parity.weights import generated_model
from xdecoder.runtime import TextCodec, TorchRuntime

REFERENCES = Path(__file__).parents[3] / "shared" / "reference"
GOLDEN = Path(__file__).parent / "golden"

# Focal-T's make, small; CLIP's vocabulary so that the official tokenizer fits.
SMALL = XDecoderConfig(
    "small",
    BackboneConfig("focal_dw", (32, 32, 64, 64), (1, 1, 2, 1)),
    text=TextConfig(width=128, layers=2, heads=2),
    dim=128,
    heads=2,
    ffn=128,
    layers=4,
    queries=13,
    conv_dim=128,
    mask_dim=128,
    pixel_layers=2,
    pixel_heads=2,
    pixel_ffn=128,
)


@pytest.fixture(scope="session", autouse=True)
def _threads() -> None:
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


@pytest.fixture(scope="session")
def small() -> XDecoder:
    return generated_model(SMALL)


@pytest.fixture(scope="session")
def runtime(small: XDecoder) -> TorchRuntime:
    return TorchRuntime(small)


@pytest.fixture(scope="session")
def codec() -> TextCodec:
    return TextCodec.clip()


@pytest.fixture(scope="session")
def pixels() -> torch.Tensor:
    """A normalised picture whose sides differ, so that swapped axes show."""
    return torch.randn(1, 3, 96, 160, generator=torch.Generator().manual_seed(3))
