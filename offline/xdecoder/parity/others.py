"""References of text, VQA, SEEM and post-processing."""

import re

import numpy as np
import torch

from ..postprocess import class_scores, instances, panoptic, resize
from ..runtime import Features, Runtime
from ..runtime.text import sentences
from ..tasks.grounding import ground, read_phrase
from ..tasks.prompts import box, pick, visual_prompt
from ..tasks.question import answer_logits
from ..tasks.vocabulary import class_logits
from .check import Arrays
from .inputs import PHRASES, size_from, synthetic_queries
from .subject import Subject

TOKENS_KEPT = 16
THINGS = 4
BOX = "_box_y0y1x0x1"


def text_arrays(subject: Subject, reference: Arrays) -> Arrays:
    codec, texts = subject.codec, [str(s) for s in reference["sentences"]]
    rows = codec.rows(texts)
    ids = torch.tensor([row + [codec.end] * (codec.context - len(row)) for row in rows])
    tokens = subject.runtime.text(ids)
    out: Arrays = {
        "input_ids": ids.numpy(),
        "attention_mask": np.array([[1] * len(r) + [0] * (codec.context - len(r)) for r in rows], np.int8),
        "class_emb": sentences(tokens, ids, codec.end).numpy(),
        "token_emb": tokens[:, :TOKENS_KEPT].numpy(),
    }
    out["vocab_text_embeddings"] = subject.vocabulary([str(c) for c in reference["classes"]]).numpy()
    return out


def vqa_arrays(subject: Subject, reference: Arrays) -> Arrays:
    out: Arrays = {}
    features: dict[str, Features] = {}
    for name in reference:
        found = re.fullmatch(r"(.+)_q(\d+)_logits", name)
        size = size_from(found[1]) if found else None
        if found is None or size is None:
            continue
        question = str(reference["questions"][int(found[2])])
        if found[1] not in features:
            features[found[1]] = subject.runtime.image(subject.picture(*size).pixels)
        ids_name = name.replace("_logits", "_ids")
        ids = subject.codec.rows([question])[0]
        # The first columns of the padded row, not only the question's own tokens.
        width = len(reference[ids_name]) if ids_name in reference else len(ids)
        out[ids_name] = np.array([*ids, *[subject.codec.end] * (width - len(ids))])
        out[name] = answer_logits(subject.runtime, subject.codec, features[found[1]], question).numpy()
    return out


def stroke_names(reference: Arrays) -> list[str]:
    return [name.removesuffix(BOX) for name in reference if name.endswith(BOX)]


def seem_stroke_arrays(subject: Subject, reference: Arrays, features: Features, name: str) -> Arrays:
    """A positive stroke that fills a box of the padded picture."""
    runtime = subject.runtime
    y0, y1, x0, x1 = reference[f"{name}{BOX}"].tolist()
    prompt = visual_prompt(runtime, features, box(features.padded, y0, x0, y1, x1))
    picked = pick(runtime, features, [prompt])
    logits = class_logits(picked.prediction, subject.vocabulary(), runtime.info.logit_scale)
    return {
        f"{name}_pspatial": prompt.pooled.numpy(),
        f"{name}_scores": picked.scores.numpy(),
        f"{name}_matched": np.array(picked.query),
        f"{name}_pred_logits_matched": logits[picked.query].numpy(),
        f"{name}_mask_logits_s2": picked.mask[::2, ::2].numpy(),
    }


def seem_text_arrays(subject: Subject, features: Features) -> Arrays:
    phrase = ground(subject.runtime, features, read_phrase(subject.runtime, subject.codec, PHRASES[0]))
    return {
        "text_scores": phrase.similarity.numpy(),
        "text_matched": np.array(phrase.query),
        "text_mask_logits_s2": phrase.mask[::2, ::2].numpy(),
    }


def postprocess_arrays() -> Arrays:
    """Needs no model."""
    logits, masks = synthetic_queries()
    things = [k < THINGS for k in range(logits.shape[1] - 1)]
    out: Arrays = {"semseg": class_scores(logits, masks).numpy()}
    for o in (80, 40):
        for v in (80, 30):
            found = panoptic(logits, masks, things, object_mask=o / 100, overlap=v / 100)
            out[f"pan_obj{o}_ov{v}_map"] = found.ids.numpy()
            rows = [(s.id, s.label, int(s.is_thing)) for s in found.segments]
            out[f"pan_obj{o}_ov{v}_segments"] = np.array(rows, np.int32)
    best = instances(logits, masks, things)
    out["inst_scores"], out["inst_classes"] = best.scores.numpy(), best.labels.numpy()
    out["inst_mask_area"] = (masks[best.queries] > 0).sum((1, 2)).numpy()
    first = masks[:4]
    out["resize_up_128x192"] = resize(first, (128, 192))[:, ::4, ::4].numpy()
    out["resize_down_16x24"] = resize(first, (16, 24)).numpy()
    out["resize_odd_45x70"] = resize(first, (45, 70)).numpy()
    return out


def needs(runtime: Runtime, role: str, what: str) -> None:
    if role not in runtime.info.roles:
        raise ValueError(f"the reference has {what}, and {runtime.info.name} has no weights for that")
