"""Spec section 12: what is left out or kept from before changes nothing."""

import torch
import torch.nn.functional as F
from conftest import SMALL

from xdecoder.model import plans
from xdecoder.model.xdecoder import XDecoder
from xdecoder.parity.weights import generated_model
from xdecoder.runtime import TextCodec, TorchRuntime
from xdecoder.runtime.text import sentences
from xdecoder.tasks.caption import Caption, greedy, greedy_uncached
from xdecoder.tasks.grounding import ground, ground_together, read_phrase

CLOSE = {"rtol": 0, "atol": 2e-5}


def same_caption(a: Caption, b: Caption) -> None:
    assert a.token_ids == b.token_ids
    torch.testing.assert_close(torch.stack(a.logits), torch.stack(b.logits), rtol=0, atol=1e-4)


def test_captions_with_kept_keys_equal_the_official_loop(runtime: TorchRuntime, pixels: torch.Tensor) -> None:
    features = runtime.image(pixels)
    same_caption(greedy(runtime, features, steps=5, stop=False), greedy_uncached(runtime.model, features, steps=5))


def test_region_captions_too(runtime: TorchRuntime, pixels: torch.Tensor) -> None:
    features = runtime.image(pixels)
    hidden = torch.ones(96, 160, dtype=torch.bool)
    hidden[20:70, 40:120] = False
    cached = greedy(runtime, features, hidden=hidden, steps=4, stop=False)
    same_caption(cached, greedy_uncached(runtime.model, features, hidden=hidden, steps=4))
    plain = greedy(runtime, features, steps=1, stop=False)
    assert not torch.allclose(cached.logits[0], plain.logits[0])


def test_hiding_everything_hides_nothing(runtime: TorchRuntime, pixels: torch.Tensor) -> None:
    features = runtime.image(pixels)
    everything = torch.ones(96, 160, dtype=torch.bool)
    cached = greedy(runtime, features, hidden=everything, steps=2, stop=False)
    same_caption(cached, greedy(runtime, features, steps=2, stop=False))


def test_captions_stop_at_the_end_token(runtime: TorchRuntime, pixels: torch.Tensor) -> None:
    caption = greedy(runtime, runtime.image(pixels), steps=30)
    end = runtime.info.end_token
    assert end not in caption.token_ids[:-1]
    assert len(caption.token_ids) <= 31


def test_a_phrase_needs_only_the_grounding_rows(runtime: TorchRuntime, codec: TextCodec, pixels: torch.Tensor) -> None:
    features, phrase = runtime.image(pixels), read_phrase(runtime, codec, "the red box on the left.")
    alone, joint = ground(runtime, features, phrase), ground_together(runtime.model, features, [phrase])
    assert alone.query == int(joint.queries[0])
    torch.testing.assert_close(alone.similarity, joint.similarity[:, 0], **CLOSE)
    torch.testing.assert_close(alone.mask, joint.masks[0], rtol=0, atol=1e-4)


def test_latent_queries_do_not_notice_a_phrase(runtime: TorchRuntime, codec: TextCodec, pixels: torch.Tensor) -> None:
    features = runtime.image(pixels)
    joint = ground_together(runtime.model, features, [read_phrase(runtime, codec, "a blue ball")])
    torch.testing.assert_close(joint.objects, runtime.base(features).embeddings, **CLOSE)


def test_text_at_its_own_length(runtime: TorchRuntime, codec: TextCodec) -> None:
    row = codec.rows(["a photo of a dog."])[0]
    short = torch.tensor([row])
    full = torch.tensor([row + [codec.end] * (codec.context - len(row))])
    torch.testing.assert_close(runtime.text(short), runtime.text(full)[:, : len(row)], **CLOSE)
    a, b = sentences(runtime.text(short), short, codec.end), sentences(runtime.text(full), full, codec.end)
    torch.testing.assert_close(a, b, **CLOSE)


def test_text_word_by_word(small: XDecoder, codec: TextCodec) -> None:
    ids = codec(["two people riding bikes"])
    encoder, heads = small.text_encoder, small.config.text.heads
    caches = [(torch.zeros(1, heads, 0, 64), torch.zeros(1, heads, 0, 64)) for _ in encoder.resblocks]
    rows = []
    for i in range(ids.shape[1]):
        row, caches = encoder.step(ids[:, i : i + 1], torch.tensor([i]), caches)
        rows.append(row)
    torch.testing.assert_close(torch.cat(rows, 1), encoder(ids), **CLOSE)


def test_masks_of_a_level_are_products_with_resized_features(small: XDecoder, pixels: torch.Tensor) -> None:
    memory, _ = small.encode(pixels)
    head = small.base(memory)[0]
    whole = head.masks(memory.mask_features)
    for level, stride in enumerate((32, 16, 8)):
        size = (pixels.shape[2] // stride, pixels.shape[3] // stride)
        resized = F.interpolate(whole, size, mode="bicubic", antialias=True, align_corners=False)
        product = head.mask_embeddings @ memory.level_features[level]
        torch.testing.assert_close(product, resized.flatten(2), rtol=0, atol=1e-4)


def test_a_question_needs_no_padding(codec: TextCodec, pixels: torch.Tensor) -> None:
    import dataclasses

    model = generated_model(dataclasses.replace(SMALL, answers=7))
    runtime = TorchRuntime(model)
    features, row = runtime.image(pixels), codec.rows(["what color is the ball?"])[0]
    full = torch.tensor([row + [codec.end] * (codec.context - len(row))])
    plan = plans.question(model.decoder, runtime.text(full))
    state = model.decoder(features.memory, plan)[0][-1].state
    answers = model.decoder.vqa_classifier(state[:, SMALL.queries + len(row) - 1])[0]
    torch.testing.assert_close(runtime.vqa(features, runtime.text(torch.tensor([row]))[0]), answers, **CLOSE)
