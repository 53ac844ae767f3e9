"""A small teacher of answers: a question's words in a bag beside the pooled features of two backbones.

See `bag_of_words.py`: what is too simple to learn questions by heart answers new ones better.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..model.config import TextConfig
from .bag_of_words import Bag

FILE = "bag_of_questions.pt"
WIDTH = 256
WORDS_DROPPED, FEATURES_DROPPED, HIDDEN_DROPPED = 0.2, 0.5, 0.5


class BagOfQuestions(Bag):
    """Logits of a list of answers; features: channels of what is seen. `photos`: what is seen of each, by its file."""

    def __init__(self, config: TextConfig, features: int, answers: int) -> None:
        super().__init__(config, features, WIDTH)
        self.photos: dict[str, Tensor] = {}
        self.seen, self.answers = nn.Linear(features, WIDTH), nn.Linear(WIDTH, answers)

    def forward(self, ids: Tensor, pooled: Tensor) -> Tensor:
        """ids (N, T) of questions, pooled features (N, C) of their photos -> (N, answers)."""
        asked = self.total(ids, WORDS_DROPPED if self.training else 0.0)
        seen = self.seen(F.dropout(self.even(pooled), FEATURES_DROPPED, self.training))
        # What was asked alone says much of the answer, so it has a way past what was seen.
        return self.answers(F.dropout(asked + (asked + seen).relu(), HIDDEN_DROPPED, self.training))

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save({"weights": self.state_dict(), "photos": {k: v.half() for k, v in self.photos.items()}}, path)

    @staticmethod
    def read(path: Path, config: TextConfig) -> "BagOfQuestions":
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing: make it with `python -m xdecoder.train.teach_questions`")
        saved = torch.load(path, map_location="cpu", weights_only=True)
        weights = saved["weights"]
        made = BagOfQuestions(config, len(weights["mean"]), len(weights["answers.bias"]))
        made.load_state_dict(weights)
        made.photos = {k: v.float().to(made.words.device) for k, v in saved["photos"].items()}
        return made.eval().requires_grad_(False)
