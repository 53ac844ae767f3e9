"""From mask logits and class logits to what a person sees (spec section 8): pure functions on tensors."""

from .background import weighed
from .instance import Instances, instances
from .nms import claims, distinct
from .panoptic import Panoptic, Segment, confident, panoptic
from .referring import best_query, foreground
from .resize import resize, to_picture
from .semantic import class_scores, label_map, shares

__all__ = [
    "Instances",
    "Panoptic",
    "Segment",
    "best_query",
    "claims",
    "class_scores",
    "confident",
    "distinct",
    "foreground",
    "instances",
    "label_map",
    "panoptic",
    "resize",
    "shares",
    "to_picture",
    "weighed",
]
