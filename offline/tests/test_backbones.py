"""Backbones: shapes, published names, and attention against its formula."""

import pytest
import torch

from xdecoder.model.backbones import build_backbone
from xdecoder.model.backbones.davit import ChannelAttention, WindowAttention
from xdecoder.model.config import DAVIT_D3, DAVIT_D5, FOCAL_L, FOCAL_T, BackboneConfig, XDecoderConfig
from xdecoder.parity.weights import rows

SMALL_DAVIT = BackboneConfig(
    "davit",
    (16, 32, 64, 128),
    depths=(1, 1, 2, 1),
    heads=(1, 2, 4, 8),
    patch_kernels=(7, 3, 3, 3),
    patch_paddings=(3, 1, 1, 1),
    patch_norm_first=(False, True, True, True),
)
CONFIGS = {
    "focal_dw": BackboneConfig("focal_dw", (16, 32, 64, 128), (1, 1, 2, 1)),
    "focal": BackboneConfig("focal", (16, 32, 64, 128), (1, 1, 2, 1), focal_levels=4),
    "davit": SMALL_DAVIT,
}


@pytest.mark.parametrize("kind", CONFIGS)
@pytest.mark.parametrize("size", [(64, 96), (32, 160)])
def test_four_maps_at_strides_4_to_32(kind: str, size: tuple[int, int]) -> None:
    with torch.no_grad():
        maps = build_backbone(CONFIGS[kind]).eval()(torch.randn(2, 3, *size))
    expected = [(2, d, size[0] // s, size[1] // s) for d, s in zip((16, 32, 64, 128), (4, 8, 16, 32), strict=True)]
    assert [tuple(m.shape) for m in maps] == expected


@pytest.mark.parametrize(("config", "table"), [(FOCAL_T, "focalt"), (FOCAL_L, "focall")], ids=["T", "L"])
def test_focalnet_has_the_published_names_and_shapes(config: XDecoderConfig, table: str) -> None:
    with torch.device("meta"):
        ours = {k: tuple(v.shape) for k, v in build_backbone(config.backbone).state_dict().items()}
    published = {k.removeprefix("backbone."): s for k, s in rows(table) if k.startswith("backbone.")}
    assert ours == published


@pytest.mark.parametrize(("config", "millions"), [(DAVIT_D3, 86.9), (DAVIT_D5, 360.6)], ids=["d3", "d5"])
def test_davit_has_the_published_size(config: XDecoderConfig, millions: float) -> None:
    with torch.device("meta"):
        count = sum(p.numel() for p in build_backbone(config.backbone).parameters())
    assert round(count / 1e6, 1) == millions


@torch.no_grad()
def test_windows_do_not_see_each_other_and_the_padding_takes_part() -> None:
    attention = WindowAttention(8, 2).eval()
    x = torch.randn(1, 9, 7, 8)
    y = attention(x)
    changed = x.clone()
    changed[:, 7:] += 1
    z = attention(changed)
    torch.testing.assert_close(y[:, :7], z[:, :7])
    # The second row of windows: 2 real rows of tokens, 5 rows of zeros.
    padded = torch.zeros(1, 49, 8)
    padded[:, :14] = x[:, 7:].reshape(1, 14, 8)
    q, k, v = attention.qkv(padded).reshape(49, 3, 2, 4).permute(1, 2, 0, 3)
    expected = attention.proj(((q @ k.transpose(1, 2) * 4**-0.5).softmax(-1) @ v).transpose(0, 1).reshape(49, 8))
    torch.testing.assert_close(y[0, 7:].reshape(14, 8), expected[:14])


@torch.no_grad()
def test_channel_attention_is_scaled_by_the_number_of_tokens() -> None:
    attention = ChannelAttention(8, 2).eval()
    x = torch.randn(1, 3, 5, 8)
    q, k, v = attention.qkv(x.reshape(15, 8)).reshape(15, 3, 2, 4).permute(1, 2, 0, 3)
    weights = (q.transpose(1, 2) * 15**-0.5 @ k).softmax(-1)
    expected = attention.proj((v @ weights.transpose(1, 2)).transpose(0, 1).reshape(15, 8))
    torch.testing.assert_close(attention(x).reshape(15, 8), expected)
