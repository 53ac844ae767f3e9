"""Referring segmentation: a phrase's tokens join the queries, the best query's mask is the answer."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..model import plans
from ..model.text_encoder import normalise, similarity
from ..model.xdecoder import XDecoder
from ..postprocess.referring import MAX_SCALE, best_query
from ..runtime import Features, Prediction, Runtime, TextCodec
from ..runtime.text import sentences


@dataclass(frozen=True)
class Phrase:
    """tokens (T, d) from start to end token; sentence (d,)."""

    tokens: Tensor
    sentence: Tensor


@dataclass(frozen=True)
class Grounded:
    """similarity (R,) of each query to the phrase; mask (H/4, W/4) logits of the chosen one."""

    prediction: Prediction
    similarity: Tensor
    query: int

    @property
    def mask(self) -> Tensor:
        return self.prediction.masks[self.query]


def read_phrase(runtime: Runtime, codec: TextCodec, text: str) -> Phrase:
    ids = codec([text])
    tokens = runtime.text(ids)
    return Phrase(tokens[0], sentences(tokens, ids, codec.end)[0])


def ground(runtime: Runtime, features: Features, phrase: Phrase) -> Grounded:
    """One phrase at a time, so that phrases can't influence each other. SEEM's latent queries take the tokens."""
    if runtime.info.seem:
        prediction = runtime.prompted(features, phrase.tokens, [])
    else:
        prediction = runtime.ground(features, phrase.tokens)
    query, scores = best_query(prediction.embeddings, phrase.sentence, runtime.info.logit_scale)
    return Grounded(prediction, scores, query)


def match_score(runtime: Runtime, found: Grounded, phrase: Phrase, background: Tensor) -> float:
    """Probability that the chosen query is the phrase rather than background (d,), which is normalised."""
    chosen = normalise(found.prediction.embeddings[found.query])
    margin = chosen @ normalise(phrase.sentence) - chosen @ background
    return float(torch.sigmoid(min(runtime.info.logit_scale, MAX_SCALE) * margin))


@dataclass(frozen=True)
class JointGrounded:
    """The official form: all phrases in one pass beside the latent queries. P phrases, R = Q - 1 grounding rows.

    similarity (R, P), queries (P,), masks (P, H/4, W/4), embeddings (R, d) of the grounding rows, objects (Q, d) of
    the latent ones.
    """

    similarity: Tensor
    queries: Tensor
    masks: Tensor
    embeddings: Tensor
    objects: Tensor


@torch.inference_mode()
def ground_together(model: XDecoder, features: Features, phrases: list[Phrase]) -> JointGrounded:
    """Phrases see each other here, so answers can differ from one phrase at a time."""
    tokens = torch.cat([p.tokens for p in phrases])[None]
    head = model.decoder(features.memory, plans.ground_joint(model.decoder, tokens))[0][-1]
    count = model.config.queries
    embeddings = head.embeddings[:, count:]
    scale = min(float(model.logit_scale.exp()), MAX_SCALE)
    scores = similarity(embeddings, torch.stack([p.sentence for p in phrases]), scale)[0]
    queries = scores.argmax(0)
    masks = head.masks(features.memory.mask_features)[0, count:]
    return JointGrounded(scores, queries, masks[queries], embeddings[0], head.embeddings[0, :count])
