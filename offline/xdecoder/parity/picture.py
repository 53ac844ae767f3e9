"""References of one picture: backbone, pixel decoder, the base pass, retrieval and full-size results."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor

from ..model import plans
from ..model.xdecoder import XDecoder
from ..postprocess import class_scores, to_picture
from ..preprocess import Picture
from ..runtime import Features, Prediction
from ..tasks.vocabulary import class_logits
from .check import CLOSE, FRACTIONS, Arrays, Computed, Noted
from .subject import Subject

# Two classes whose scores differ by less are a tie in float32.
LABEL_TIE = 5e-5


def every(x: Tensor, divisor: int) -> Tensor:
    """The first 8 channels, every s-th row and column, s = max(1, width // divisor)."""
    s = max(1, x.shape[-1] // divisor)
    return x[:8, ::s, ::s]


@contextmanager
def _watch(model: XDecoder) -> Iterator[dict[str, list[Tensor]]]:
    """Collects the transformer's output, the raw query states that enter each head, and the attention masks."""
    seen: dict[str, list[Tensor]] = {"encoder": [], "states": [], "guides": []}
    decide, replaced = model.decoder.guide, vars(model.decoder).get("guide")

    def guide(*arguments: object) -> Tensor | None:
        seen["guides"].append(decide(*arguments))
        return seen["guides"][-1]

    model.decoder.guide = guide
    hooks = [
        model.pixel_decoder.layer_4.register_forward_pre_hook(lambda _, args: seen["encoder"].append(args[0])),
        model.decoder.decoder_norm.register_forward_pre_hook(lambda _, args: seen["states"].append(args[0])),
    ]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()
        del model.decoder.guide
        if replaced is not None:
            model.decoder.guide = replaced


@torch.inference_mode()
def inner_arrays(model: XDecoder, picture: Picture, reference: Arrays) -> Computed:
    """What no graph of a pack gives out."""
    out: Computed = {}
    geometry = model.geometry(*picture.padded)
    with _watch(model) as seen:
        maps = model.backbone(picture.pixels)
        mask_features, levels = model.pixel_decoder(maps, geometry)
        memory = model.decoder.remember(mask_features, levels, geometry)
        heads, _ = model.decoder(memory, plans.base(model.decoder))
    for number, x in enumerate(maps, 2):
        out[f"res{number}_c8"] = every(x[0], 16).numpy()
        out[f"res{number}_meanstd"] = torch.stack([x[0].mean((1, 2)), x[0].std((1, 2))]).numpy()
    out["transformer_encoder_features_c8"] = seen["encoder"][0][0, :8].numpy()
    for number, x in enumerate(levels):
        out[f"multi_scale_{number}_c8"] = every(x[0], 16).numpy()
    last = (heads[-1].mask_embeddings @ memory.level_features[len(seen["guides"]) % 3])[0]
    out["seg_attn_masked_fraction"] = _masked_fractions(seen["guides"], last, reference)
    count = model.config.queries
    rows = (0, count - 2, count - 1)
    out["seg_query_after_layer_q0_q99_q100"] = torch.stack([x[0, rows, :] for x in seen["states"]]).numpy()
    return out


def _masked_fractions(guides: list[Tensor], last: Tensor, reference: Arrays) -> Noted:
    """(heads, Q). Heads that guide a layer are counted after the all-masked fallback; the last guides none.

    Where the last head's logits (Q, h*w) are within float32's noise of 0, as many positions may go either way.
    """
    rows = [(x < 0).float().mean(-1)[0, 0] for x in guides]
    final = (last < 0).float().mean(-1)
    wanted = reference.get("seg_attn_masked_fraction")
    if wanted is None or wanted.shape != (len(rows) + 1, len(final)):
        return Noted(torch.stack([*rows, final]).numpy(), "")
    theirs = torch.from_numpy(wanted[-1])
    room = (last.abs() < CLOSE).float().mean(-1)
    tied = ((final - theirs).abs() > FRACTIONS) & ((final - theirs).abs() <= room + FRACTIONS)
    note = f"{int(tied.sum())} queries of the last head tie within {CLOSE:.0e}" if bool(tied.any()) else ""
    return Noted(torch.stack([*rows, torch.where(tied, theirs, final)]).numpy(), note)


def base_arrays(subject: Subject, picture: Picture, features: Features, reference: Arrays) -> Computed:
    """The base pass and all that is read from it."""
    info, prediction = subject.runtime.info, subject.runtime.base(features)
    out: Computed = {
        "input_normalized_s8": picture.pixels[..., ::8, ::8].numpy(),
        "mask_features_c8": every(features.memory.mask_features[0], 32).numpy(),
        "seg_pred_captions": _thinned(prediction.embeddings, reference.get("seg_pred_captions")),
        "retrieval_decoder_embed": prediction.embeddings[-1].numpy(),
    }
    if features.image_embedding is not None:
        out["retrieval_backbone_embed"] = features.image_embedding[0].numpy()
    out |= _mask_arrays(prediction, reference)
    # The vocabulary costs more than the rest together, so it waits for an array that needs it.
    if "seg_pred_logits" in reference:
        logits = class_logits(prediction, subject.vocabulary(), info.logit_scale)
        out["seg_pred_logits"] = logits.numpy()
    if {"seg_semseg_argmax_s4", "seg_semseg_s16", "seg_masks_fullres_q0_s8"} & set(reference):
        full = to_picture(prediction.masks, picture.padded, picture.content, picture.size, info.mask_resize)
        out["seg_masks_fullres_q0_s8"] = full[0, ::8, ::8].numpy()
    if {"seg_semseg_argmax_s4", "seg_semseg_s16"} & set(reference):
        scores = class_scores(class_logits(prediction, subject.vocabulary(), info.logit_scale), full)
        out["seg_semseg_argmax_s4"] = settled_labels(scores[:, ::4, ::4], reference.get("seg_semseg_argmax_s4"))
        out["seg_semseg_s16"] = scores[:, ::16, ::16].numpy()
    return out


def settled_labels(scores: Tensor, expected: np.ndarray | None) -> Noted:
    """(K, H, W) -> labels; where the expected label is as good within float32's noise, it is taken."""
    labels = scores.argmax(0)
    if expected is None or expected.shape != tuple(labels.shape):
        return Noted(labels.numpy(), "")
    wanted = torch.from_numpy(expected.astype(np.int64))
    theirs = scores.gather(0, wanted.clamp(max=len(scores) - 1)[None])[0]
    tied = (labels != wanted) & (wanted < len(scores)) & (scores.amax(0) - theirs < LABEL_TIE)
    note = f"{int(tied.sum())} pixels tie within {LABEL_TIE:.0e}" if bool(tied.any()) else ""
    return Noted(torch.where(tied, wanted, labels).numpy(), note)


def _thinned(embeddings: Tensor, reference: np.ndarray | None) -> np.ndarray:
    """All rows, or every n-th where the reference keeps fewer."""
    step = 1 if reference is None else -(-len(embeddings) // len(reference))
    return embeddings[::step].numpy()


def _mask_arrays(prediction: Prediction, reference: Arrays) -> Arrays:
    masks, out = prediction.masks, {}
    kept = reference.get("seg_pred_masks_sub")
    # A file that does not tell its stride shows it by its shape.
    told = kept is None or "seg_pred_masks_stride" in reference
    stride = max(1, masks.shape[-1] // 32) if told else -(-masks.shape[-1] // kept.shape[-1])
    out["seg_pred_masks_stride"] = np.array(stride, np.int32)
    out["seg_pred_masks_sub"] = masks[:, ::stride, ::stride].numpy()
    if len(masks) > 100:
        out["seg_pred_masks_q0_q50_q100"] = masks[[0, 50, 100]].numpy()
    return out
