"""How much background counts among the names that a query may mean."""

import math

from torch import Tensor


def weighed(class_logits: Tensor, background: float) -> Tensor:
    """(Q, K + 1) class logits with background's probability weighted: 1 as the model has it, 0 out of the race."""
    if background == 1:
        return class_logits
    out = class_logits.clone()
    out[:, -1] += math.log(background) if background > 0 else -1e4
    return out
