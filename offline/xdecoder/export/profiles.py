"""What a pack says of itself beyond the weights: title, licence, sizes, thresholds, which tasks were trained."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..model.config import XDecoderConfig
from ..tasks.prompts import SCORE_SCALE
from ..vocabulary import templates

SEGMENTATION = ("semantic", "panoptic", "instance", "referring", "pick")
WORDS = ("caption", "region_caption", "retrieval", "region_retrieval", "vqa")
# Words are trained on whole photos, squashed as Flickr8k's are.
SQUARE = {"shortSide": 224, "square": True}


@dataclass(frozen=True)
class Profile:
    """`trained` None: every task that the model has weights for. min_score: referring's least score of a match.
    nms: panoptic queries of one name whose masks have a greater IoU are one, 1 as in the original: all stay.

    background: task -> how much background counts among the names, where not as the model has it (1).
    mirrored: task -> the size at which it sees the mirror image as well (`tasks.mirror`). temperature: what semantic
    class logits are divided by; prior: power of a name's share of the picture that its scores are multiplied by.
    score_scale: how sharply an answer to marks follows the nearest query (`tasks.prompts.meant`); closer: share of the
    picture up to which what is clicked is looked at closer (`tasks.closer`), 0: never. beams: sentences that
    a caption keeps at every word, 1 as in the original; consensus_growing, consensus: how much it counts how far people
    would agree with a sentence, while it grows and in the choice of one, where the model can tell (`tasks.beam`).
    lookup: what a question asks about a thing -> how much what is looked up counts (`tasks.lookup`).
    """

    name: str
    title: str
    license: str
    training_data: str
    sizes: dict[str, dict[str, Any]]
    templates: tuple[str, ...] = ("{}",)
    trained: tuple[str, ...] | None = None
    resample: str = "bilinear"
    object_mask: float = 0.8
    overlap: float = 0.8
    nms: float = 1.0
    min_score: float = 0.5
    background: Mapping[str, float] = field(default_factory=dict)
    mirrored: Mapping[str, str] = field(default_factory=dict)
    temperature: float = 1.0
    prior: float = 0.0
    score_scale: float | None = None
    closer: float = 0.0
    beams: int = 1
    consensus_growing: float = 0.0
    consensus: float = 0.0
    lookup: Mapping[str, float] = field(default_factory=dict)
    default_preset: str = "ade150"
    probe_side: int = 128


DEFAULT = Profile(
    "default",
    "X-Decoder small",
    "Research, non-commercial: trained on photos with that condition (see MODEL_CARD.md)",
    "ADE20K (1,558 photos), Flickr8k, DAQUAR; pseudo-labels on these and on Caltech-101 and ImageNet samples",
    {
        "segmentation": {"shortSide": 384, "maxLongSide": 640},
        "smaller": {"shortSide": 288, "maxLongSide": 480},
        "caption": SQUARE,
        "retrieval": SQUARE,
        "vqa": SQUARE,
    },
    trained=(*SEGMENTATION, *WORDS),
    object_mask=0.45,
    overlap=0.55,
    # Several of the 64 queries often claim one thing, which would cost each its share of it (docs/decisions/0013).
    nms=0.5,
    # Phrases of things that are there score 0.87 in the median, of others 0.02 (python -m xdecoder.evaluate), so 0.3
    # leaves few absent ones; chosen when "the person" scored 0.48 on a sample photo. Not tuned on a set of its own.
    min_score=0.3,
    # Since common names pay for being common (docs/decisions/0009), background, which does not, would take their place.
    background={"panoptic": 0.006, "instance": 0.018},
    mirrored={"semantic": "smaller"},
    temperature=1.4,
    prior=0.15,
    score_scale=SCORE_SCALE,
    closer=0.02,
    beams=12,
    consensus_growing=4.0,
    consensus=20.0,
    lookup={"colour": 0.5, "presence": 1.5},
)
TINY = Profile(
    "tiny",
    "Tiny test pack, generated weights",
    "CC0: generated numbers",
    "none",
    {
        "segmentation": {"shortSide": 64, "maxLongSide": 128},
        "smaller": {"shortSide": 48, "maxLongSide": 96},
        "vqa": {"shortSide": 64, "square": True},
    },
    mirrored={"semantic": "smaller"},
    temperature=1.4,
    prior=0.15,
    beams=3,
    consensus_growing=1.0,
    consensus=4.0,
    lookup={"colour": 0.5, "presence": 1.5},
    probe_side=64,
)
OFFICIAL_SIZES: dict[str, dict[str, Any]] = {
    "segmentation": {"shortSide": 512, "maxLongSide": 1024},
    "caption": {"shortSide": 224, "maxLongSide": 672},
    "retrieval": {"shortSide": 224, "square": True},
    "vqa": {"shortSide": 640, "square": True},
}
TITLES = {"focalt": "X-Decoder Focal-T", "focall": "X-Decoder Focal-L", "davitd3": "X-Decoder DaViT-d3"}


def profile_of(config: XDecoderConfig) -> Profile:
    name = config.name
    if name == "default":
        return DEFAULT
    if name.startswith("tiny"):
        return replace(TINY, name=name)
    base = name.removeprefix("seem-").removesuffix("-vqa")
    title = TITLES.get(base, base)
    if config.seem:
        title = title.replace("X-Decoder", "SEEM")
    return Profile(
        name,
        f"{title}, VQA" if config.answers else title,
        "Apache-2.0 (the checkpoint's own licence holds)",
        "COCO 2017, Conceptual Captions, SBU, Visual Genome, COCO Captions (as published)",
        OFFICIAL_SIZES,
        templates=templates(),
        resample="bicubic",
        object_mask=0.4 if config.seem else 0.8,
        default_preset="coco133",
    )
