"""One function a task: a session and a request that has what the task needs in, its fields of a result line out."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..postprocess import claims, foreground, instances, panoptic, weighed
from ..preprocess import Picture
from ..tasks.beam import Search, beam
from ..tasks.caption import caption_text
from ..tasks.grounding import ground, match_score, read_phrase
from ..tasks.lookup import Asking
from ..tasks.opened import Opened
from ..tasks.question import best_answers
from ..tasks.retrieval import image_embedding, image_vectors
from ..tasks.semantic import semantic_map
from ..tasks.vocabulary import class_logits, phrase_embeddings
from .marks import pick_mask
from .names import Names
from .output import region, segment, stem, write_png
from .requests import Request, RequestError
from .session import Session

Fields = dict[str, Any]
DRAWN = 0.5


def _names(session: Session, request: Request) -> Names:
    return session.names if request.names is None else session.vocabulary.embedded(request.names)


def _logits(session: Session, opened: Opened, names: Names, task: str) -> Tensor:
    logits = class_logits(session.seen(opened, task), names.embeddings, session.runtime.info.logit_scale)
    return weighed(logits, session.sizes.option(task, "background", 1.0))


def _threshold(session: Session, given: float | None, task: str, option: str, default: float) -> float:
    """The request's own, or else the pack's. Raises RequestError where it is no share."""
    if given is None:
        return session.sizes.option(task, option, default)
    if not 0 <= given <= 1:
        raise RequestError(f"the threshold {option} must lie between 0 and 1, not at {given:g}")
    return given


def semantic(session: Session, request: Request, name: str) -> Fields:
    names = _names(session, request)
    opened = session.open(request.image, "semantic")
    seen = session.seen(opened, "semantic")
    with session.timed("head"):
        labels = semantic_map(opened, seen, names.embeddings, partial(session.sizes.option, "semantic")).numpy()
        small = len(names.names) <= 256
        png = write_png(session.out, name, labels.astype(np.uint8 if small else np.uint16))
    return {"semantic": {"png": png}}


def panoptic_map(session: Session, request: Request) -> tuple[np.ndarray, list[Fields]]:
    """ids (H, W), 0 where nothing was sure enough, and the fields of each segment."""
    least = _threshold(session, request.object_mask_threshold, "panoptic", "objectMask", 0.8)
    visible = _threshold(session, request.overlap_threshold, "panoptic", "overlap", 0.8)
    names = _names(session, request)
    opened = session.open(request.image, "panoptic")
    logits = _logits(session, opened, names, "panoptic")
    with session.timed("head"):
        # All queries at the size of a 12-megapixel photo would take 3 GB.
        masks = session.seen(opened, "panoptic").masks
        kept = claims(logits, masks, least, session.sizes.option("panoptic", "nms", 1.0))
        found = panoptic(
            logits[kept],
            opened.full_size(masks[kept]),
            names.is_thing,
            object_mask=least,
            overlap=visible,
        )
        ids = found.ids.numpy()
        return ids, [
            segment(s.id, names.names[s.label], s.score, thing=s.is_thing, mask=ids == s.id) for s in found.segments
        ]


def panoptic_segments(session: Session, request: Request, name: str) -> Fields:
    ids, segments = panoptic_map(session, request)
    with session.timed("head"):
        return {"segments": segments, "png": write_png(session.out, name, ids.astype(np.uint16))}


def instance_segments(session: Session, request: Request, name: str) -> Fields:
    least = _threshold(session, request.min_score, "instance", "minScore", DRAWN)
    names = _names(session, request)
    opened = session.open(request.image, "instance")
    logits = _logits(session, opened, names, "instance")
    with session.timed("head"):
        masks = opened.full_size(session.seen(opened, "instance").masks)
        best = instances(logits, masks, names.is_thing)
        ids, segments = np.zeros(masks.shape[1:], np.uint16), []
        rows = zip(best.scores.tolist(), best.labels.tolist(), best.queries.tolist(), strict=True)
        for number, (score, label, query) in enumerate(rows, 1):
            if score < least:
                break
            mask = foreground(masks[query]).numpy()
            segments.append(segment(number, names.names[label], score, thing=True, mask=mask))
            # Best first: a worse instance never covers a better one.
            ids[mask & (ids == 0)] = number
        return {"segments": segments, "png": write_png(session.out, name, ids)}


def find_phrase(session: Session, image: str, text: str, task: str = "referring") -> tuple[np.ndarray, float]:
    """Mask (H, W) of the phrase and the probability that it is the phrase rather than background."""
    opened = session.open(image, task)
    with session.timed("text"):
        phrase = read_phrase(session.runtime, session.codec, text)
    background = session.background
    with session.timed("ground"):
        found = ground(session.runtime, opened.features, phrase)
    with session.timed("head"):
        score = match_score(session.runtime, found, phrase, background)
        mask = foreground(opened.full_size(found.mask[None])[0])
    return mask.numpy(), score


def referring(session: Session, request: Request, name: str) -> Fields:
    return {"referring": region(*find_phrase(session, request.image, request.phrase), session.out, name)}


def _captioned(session: Session, opened: Opened, hidden: Tensor | None) -> Fields:
    task = "caption" if hidden is None else "region_caption"
    search = Search.of(lambda name, usual: session.sizes.option(task, name, usual))
    with session.timed("caption"):
        caption, *_ = beam(session.runtime, opened.features, search, hidden=hidden)
    text = caption_text(session.codec, caption.token_ids)
    return {"text": text, "tokenIds": caption.token_ids, "score": caption.score}


def caption(session: Session, request: Request, name: str) -> Fields:
    return {"caption": _captioned(session, session.open(request.image, "caption"), None)}


def _outside(mask: np.ndarray, picture: Picture) -> Tensor:
    """(H, W) bool of the picture -> (h, w) bool of the padded input, True where the region is not; nor in padding."""
    inside = F.interpolate(torch.from_numpy(mask)[None, None].float(), picture.content, mode="nearest")[0, 0] > 0.5
    hidden = torch.ones(picture.padded, dtype=torch.bool)
    hidden[: picture.content[0], : picture.content[1]] = ~inside
    return hidden


def region_caption(session: Session, request: Request, name: str) -> Fields:
    """The region is what clicks, a box, a stroke or a mask pick, or without any what the phrase finds."""
    if request.marks:
        mask, score = pick_mask(session, request)
    else:
        mask, score = find_phrase(session, request.image, request.phrase)
    if not mask.any():
        raise RequestError("the region is empty")
    opened = session.open(request.image, "region-caption")
    words = _captioned(session, opened, _outside(mask, opened.picture))
    return {"caption": words, "region": region(mask, score, session.out, name)}


def vqa(session: Session, request: Request, name: str) -> Fields:
    opened = session.open(request.image, "vqa")
    segmented = partial(session.open, request.image, "semantic")
    asking = Asking(opened, segmented, session.codec, session.answers, request.question)
    logits = asking.logits(lambda about: session.sizes.option("vqa", about, 0.0))
    return {"vqa": {"answers": [vars(a) for a in best_answers(logits, session.answers)]}}


def embedding(session: Session, image: str) -> Tensor:
    opened = session.open(image, "embed")
    return image_embedding(image_vectors(opened.features, opened.base), session.query_bank)


def query_embedding(session: Session, query: str) -> Tensor:
    """(d,) of length 1. Raises RequestError."""
    if not query.strip():
        raise RequestError("the sentence is empty")
    with session.timed("text"):
        vector = phrase_embeddings(session.runtime, session.codec, [query])[0]
    return vector / vector.norm()


def embed(session: Session, request: Request, name: str) -> Fields:
    """The dot product of the two vectors is the retrieval score."""
    fields: Fields = {"image": embedding(session, request.image).tolist()}
    if request.query is not None:
        fields["text"] = query_embedding(session, request.query).tolist()
    return {"embed": fields}


def embed_sentence(session: Session, query: str) -> Fields:
    """`embed` of a sentence alone."""
    return {"embed": {"text": query_embedding(session, query).tolist()}}


def pick(session: Session, request: Request, name: str) -> Fields:
    return {"pick": region(*pick_mask(session, request), session.out, name)}


HEADS: dict[str, Callable[[Session, Request, str], Fields]] = {
    "semantic": semantic,
    "panoptic": panoptic_segments,
    "instance": instance_segments,
    "referring": referring,
    "caption": caption,
    "region-caption": region_caption,
    "vqa": vqa,
    "embed": embed,
    "pick": pick,
}
# Tasks over the whole set of pictures.
OVER_ALL = ("retrieve", "region-retrieve")


def retrieve(session: Session, vectors: dict[str, Tensor], request: Request, task: str, index: int) -> Fields:
    """All pictures by their score for the query, best first; region-retrieve also finds it in the best."""
    text = query_embedding(session, request.query)
    ranked = sorted(((image, float(v @ text)) for image, v in vectors.items()), key=lambda pair: -pair[1])
    fields: Fields = {"retrieve": [{"image": image, "score": score} for image, score in ranked]}
    if ranked and task == "region-retrieve":
        best = ranked[0][0]
        height, width = session.picture(best, "referring").size
        fields |= {"image": best, "width": width, "height": height}
        fields["region"] = region(*find_phrase(session, best, request.query), session.out, stem(best, index))
    return fields
