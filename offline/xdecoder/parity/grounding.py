"""References of referring segmentation: two phrases in one pass (`joint`) and each alone (`p0`, `p1`)."""

import numpy as np
import torch

from ..model.text_encoder import similarity
from ..postprocess import to_picture
from ..postprocess.referring import MAX_SCALE
from ..preprocess import Picture
from ..runtime import Features
from ..tasks.grounding import JointGrounded, Phrase, ground, ground_together, read_phrase
from .check import Arrays
from .inputs import PHRASES
from .subject import Subject


def _together(subject: Subject, features: Features, phrases: list[Phrase]) -> JointGrounded:
    """The official joint pass, or its equal from a pack: the grounding rows with all tokens at once."""
    if subject.model is not None:
        return ground_together(subject.model, features, phrases)
    prediction = subject.runtime.ground(features, torch.cat([p.tokens for p in phrases]))
    scale = min(subject.runtime.info.logit_scale, MAX_SCALE)
    scores = similarity(prediction.embeddings[None], torch.stack([p.sentence for p in phrases]), scale)[0]
    queries = scores.argmax(0)
    objects = subject.runtime.base(features).embeddings
    return JointGrounded(scores, queries, prediction.masks[queries], prediction.embeddings, objects)


def _answer(name: str, tokens: int, scores: torch.Tensor, queries: torch.Tensor, masks: torch.Tensor) -> Arrays:
    s = max(1, masks.shape[-1] // 64)
    return {
        f"grd_{name}_num_tokens": np.array(tokens, np.int32),
        f"grd_{name}_similarity": scores.numpy(),
        f"grd_{name}_matched": queries.numpy(),
        f"grd_{name}_mask_logits_sub": masks[:, ::s, ::s].numpy(),
    }


def alone_arrays(subject: Subject, features: Features, number: int) -> Arrays:
    """Phrase `number` in a pass of its own."""
    phrase = read_phrase(subject.runtime, subject.codec, PHRASES[number])
    found = ground(subject.runtime, features, phrase)
    query = torch.tensor([found.query])
    out = _answer(f"p{number}", len(phrase.tokens), found.similarity[:, None], query, found.mask[None])
    if number == 0:
        # The larger model's file has the first phrase under shorter names.
        out["grd_similarity"] = found.similarity.numpy()
        out["grd_matched"] = np.array(found.query)
        out["grd_mask_logits"] = found.mask.numpy()
    return out


def joint_arrays(subject: Subject, picture: Picture, features: Features) -> Arrays:
    """Both phrases in one pass."""
    phrases = [read_phrase(subject.runtime, subject.codec, text) for text in PHRASES]
    joint = _together(subject, features, phrases)
    info = subject.runtime.info
    out = _answer("joint", sum(len(p.tokens) for p in phrases), joint.similarity, joint.queries, joint.masks)
    out["grd_joint_queries_v_emb_first8"] = joint.embeddings[:8].numpy()
    out["grd_joint_object_logits_q0"] = similarity(joint.objects[None, :1], subject.vocabulary(), info.logit_scale)[
        0, 0
    ].numpy()
    full = to_picture(joint.masks, picture.padded, picture.content, picture.size, info.mask_resize)
    out["grd_joint_final_mask_s4"] = full[:, ::4, ::4].numpy()
    return out
