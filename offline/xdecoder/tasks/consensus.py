"""How far people would agree with a sentence about a picture (as `src/tasks/consensus.ts`; `model/consensus.py`)."""

from collections import Counter

import numpy as np

from ..model.consensus import Expected


class Agreement:
    """Of one picture; 0 where nothing is expected."""

    def __init__(self, expected: Expected | None) -> None:
        """expected: of a batch of one."""
        self._known = None if expected is None else (expected.weights[0].numpy(), expected.rarity.detach().numpy())

    def __call__(self, token_ids: list[int]) -> float:
        """Expected cosine of the sentence's TF-IDF weights with those of what people say; 0 where it has no weight."""
        if self._known is None:
            return 0.0
        expected, rarity = self._known
        found = Counter(token_ids)
        tokens = np.fromiter(found.keys(), int, len(found))
        weights = rarity[tokens] * np.fromiter(found.values(), int, len(found))
        length = np.linalg.norm(weights)
        return float(weights @ expected[tokens] / length) if length > 0 else 0.0
