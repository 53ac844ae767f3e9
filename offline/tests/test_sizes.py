"""Pictures of any shape: every task equals the original's form where sides differ and are padded to multiples of 32."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import pytest
import torch
import torch.nn.functional as F
from conftest import SMALL
from original_form import STRIDES, OriginalPass, apart, sine
from torch import Tensor

from xdecoder.model import plans
from xdecoder.model.decoder import Memory
from xdecoder.model.geometry import Geometry, MaskResize, join_axes, sine_axis
from xdecoder.model.xdecoder import XDecoder
from xdecoder.parity.inputs import test_image as make_image
from xdecoder.parity.weights import generated_model
from xdecoder.postprocess import to_picture
from xdecoder.preprocess import InputSize, Picture, open_picture
from xdecoder.tasks.caption import hidden_levels

# Odd sides, wide, tall, very wide and very tall; the smallest there is.
SIZES = [(250, 417), (417, 250), (33, 300), (300, 20), (31, 33)]
CLOSE = {"rtol": 0, "atol": 1e-6}


@dataclass
class Seen:
    """A picture through one model, in float64: no mask logit is so near to 0 that programs can disagree."""

    model: XDecoder
    picture: Picture
    memory: Memory
    original: OriginalPass


@torch.no_grad()
def look(model: XDecoder, size: tuple[int, int]) -> Seen:
    picture = open_picture(make_image(*size), InputSize(0), model.config.preprocess)
    geometry = model.geometry(*picture.padded)
    axes = [f.name for f in fields(Geometry) if f.name not in ("height", "width")]
    geometry = replace(geometry, **{a: tuple(t.double() for t in getattr(geometry, a)) for a in axes})
    pixels = picture.pixels.double()
    features, maps = model.pixel_decoder(model.backbone(pixels), geometry)
    memory = model.decoder.remember(features, maps, geometry)
    return Seen(model, picture, memory, OriginalPass(model.decoder, features, maps))


@pytest.fixture(scope="module")
def models() -> Callable[[bool], XDecoder]:
    made = {seem: generated_model(replace(SMALL, seem=seem)).double() for seem in (False, True)}
    return lambda seem: made[seem]


@pytest.fixture(scope="module", params=SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def seen(request: pytest.FixtureRequest, models: Callable[[bool], XDecoder]) -> Seen:
    return look(models(False), request.param)


def words(model: XDecoder, count: int) -> Tensor:
    ids = torch.arange(1000, 1000 + count)[None]
    return model.text_encoder(ids)


def test_padding_is_zero_after_normalising_and_at_the_end(seen: Seen) -> None:
    p = seen.picture
    h, w = p.content
    assert all(n % 32 == 0 and 0 <= n - m < 32 for n, m in zip(p.padded, p.content, strict=True))
    assert not p.pixels[..., h:, :].any() and not p.pixels[..., w:].any()
    grey = (torch.from_numpy(make_image(h, w)).permute(2, 0, 1).double() - 123.675) / 58.395
    torch.testing.assert_close(p.pixels[0, 0, :h, :w].double(), grey[0], rtol=0, atol=1e-5)


@torch.no_grad()
def test_the_base_pass(seen: Seen) -> None:
    decoder = seen.model.decoder
    q = seen.model.config.queries
    feat, embed = decoder.query_feat.weight, decoder.query_embed.weight
    state, masks = seen.original.run(feat, embed, apart(q), guided=q, class_row=q - 1)
    head = seen.model.base(seen.memory)[-1]
    torch.testing.assert_close(head.state[0], state, **CLOSE)
    torch.testing.assert_close(head.masks(seen.memory.mask_features)[0], masks, **CLOSE)


@torch.no_grad()
def test_a_phrase(seen: Seen) -> None:
    """Latent rows, their copy and the tokens in one pass, row Q un-masked."""
    decoder, tokens = seen.model.decoder, words(seen.model, 5)
    q = seen.model.config.queries
    feat, embed = decoder.query_feat.weight, decoder.query_embed.weight
    total = 2 * q - 1 + 5
    blocked = torch.ones(total, total, dtype=torch.bool)
    blocked[:q, :q], blocked[q:, q:] = apart(q), False
    rows = [torch.cat([w, w[:-1]]) for w in (feat, embed)]
    state, masks = seen.original.run(
        *rows, blocked, guided=2 * q - 1, class_row=q - 1, free=q, tokens=tokens[0]
    )
    head = seen.model.ground(seen.memory, tokens)[-1]
    torch.testing.assert_close(head.state[0], state[q:], **CLOSE)
    torch.testing.assert_close(head.masks(seen.memory.mask_features)[0], masks[q:], **CLOSE)


@torch.no_grad()
@pytest.mark.parametrize("region", [False, True], ids=["whole", "region"])
def test_words_of_a_caption(seen: Seen, *, region: bool) -> None:
    """A region's mask has the picture's own size: it goes straight to the levels, whatever the padding."""
    decoder, tokens = seen.model.decoder, words(seen.model, 4)[0]
    q, (h, w) = seen.model.config.queries, seen.picture.size
    hidden = torch.ones(h, w, dtype=torch.bool)
    hidden[h // 4 : h // 2 + 1, w // 8 : w // 2 + 1] = False
    levels = None
    if region:
        sizes = [tuple(n // s for n in seen.picture.padded) for s in STRIDES]
        levels = [F.interpolate(hidden[None, None].float(), s, mode="nearest").flatten() > 0.5 for s in sizes]
        if any(bool(level.all()) for level in levels):
            pytest.skip("the region vanishes on a level; the original gives NaN there")
    blocked = torch.zeros(q + 4, q + 4, dtype=torch.bool)
    blocked[:q, :q], blocked[:q, q:] = apart(q), True
    blocked[q:, q:] = torch.ones(4, 4, dtype=torch.bool).triu(1)
    content = torch.cat([decoder.query_feat.weight, tokens])
    position = torch.cat([decoder.query_embed.weight, tokens + decoder.pos_embed_caping.weight[:4]])
    state, _ = seen.original.run(content, position, blocked, guided=q, class_row=q - 1, hidden=levels)
    ours = hidden_levels(hidden, seen.picture.padded) if region else None
    head = decoder(seen.memory, plans.caption(decoder, tokens[None], ours))[0][-1]
    torch.testing.assert_close(head.state[0], state, **CLOSE)


@torch.no_grad()
@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_seem(models: Callable[[bool], XDecoder], size: tuple[int, int]) -> None:
    """Bilinear masks without antialias, every row sees every other, the last row is ordinary."""
    seen = look(models(True), size)
    decoder, tokens = seen.model.decoder, words(seen.model, 5)
    q = seen.model.config.queries
    blocked = torch.zeros(q + 5, q + 5, dtype=torch.bool)
    state, masks = seen.original.run(
        decoder.query_feat.weight, decoder.query_embed.weight, blocked, guided=q, tokens=tokens[0]
    )
    head = decoder(seen.memory, plans.prompted(decoder, tokens, None))[0][-1]
    torch.testing.assert_close(head.state[0], state, **CLOSE)
    torch.testing.assert_close(head.masks(seen.memory.mask_features)[0], masks, **CLOSE)


@pytest.mark.parametrize("kind", ["bicubic-antialias", "bilinear"])
@pytest.mark.parametrize(("height", "width"), [(64, 2048), (256, 448), (96, 160), (2048, 64), (512, 32), (32, 512)])
def test_resize_matrices_are_torchs_resize(height: int, width: int, kind: MaskResize) -> None:
    """Also where a level is one column wide, which torch's CPU kernel gets right only with the picture on its side."""
    x = torch.randn(1, 2, height // 4, width // 4, generator=torch.Generator().manual_seed(1))
    g = Geometry.of(height, width, 32, kind)
    antialias = kind == "bicubic-antialias"
    for ry, rx, stride in zip(g.resize_y, g.resize_x, STRIDES, strict=True):
        size = (height // stride, width // stride)
        mode = "bicubic" if antialias else "bilinear"
        lying = size[1] == 1
        source, shape = (x.transpose(2, 3), size[::-1]) if lying else (x, size)
        expected = F.interpolate(source.contiguous(), shape, mode=mode, antialias=antialias, align_corners=False)
        expected = expected.transpose(2, 3) if lying else expected
        torch.testing.assert_close(ry @ (x @ rx.T), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize(("h", "w"), [(8, 14), (14, 8), (1, 5)])
def test_positions(h: int, w: int) -> None:
    joined = join_axes(sine_axis(h, 256), sine_axis(w, 256))
    torch.testing.assert_close(joined, sine(h, w, 512, torch.float64).float(), rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("own", [None, (97, 61)])
def test_masks_come_back_without_the_padding(size: tuple[int, int], own: tuple[int, int] | None) -> None:
    """A ramp over the padded width stays that ramp: cut off where the picture ends, then stretched to its own size."""
    h, w = size
    padded = (h + -h % 32, w + -w % 32)
    ramp = (torch.arange(padded[1] // 4) * 4 + 1.5).expand(1, padded[0] // 4, -1).contiguous()
    own = own or size
    out = to_picture(ramp, padded, size, own)[0]
    assert out.shape == own
    inner = slice(own[1] // 4, own[1] * 3 // 4)
    expected = (torch.arange(own[1]) + 0.5) * w / own[1] - 0.5
    if w > 64:
        torch.testing.assert_close(out[own[0] // 2, inner], expected[inner], rtol=0, atol=0.2)
