"""A map of names (as `src/tasks/semantic.ts` and the row of `src/tasks/table.ts`)."""

from collections.abc import Callable

from torch import Tensor

from ..postprocess import label_map, shares, weighed
from ..runtime import Prediction
from .opened import Opened
from .vocabulary import class_logits


def semantic_map(opened: Opened, seen: Prediction, names: Tensor, option: Callable[[str, float], float]) -> Tensor:
    """(H, W) index of the name of each pixel of the picture.

    seen: of the base pass, or of it and the mirror image's; names (K + 1, d): normalised, background last;
    option: of the pack's `semantic`, by name and default (docs/pack.md).
    """
    logits = class_logits(seen, names, opened.runtime.info.logit_scale / option("temperature", 1.0))
    logits = weighed(logits, option("background", 1.0))
    prior = option("prior", 0.0)
    factors = shares(logits, seen.masks) ** prior if prior else None
    return label_map(logits, opened.full_size(seen.masks), factors)
