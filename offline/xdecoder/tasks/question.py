"""Questions about a picture: the likeliest of a fixed list of answers (spec section 10)."""

from dataclasses import dataclass

from torch import Tensor

from ..runtime import Features, Runtime, TextCodec


@dataclass(frozen=True)
class Answer:
    answer: str
    score: float


def answer_logits(runtime: Runtime, codec: TextCodec, features: Features, question: str) -> Tensor:
    """(A,) logits. Rows after the end token can't reach it (the rows are causal), so they are left out."""
    return runtime.vqa(features, runtime.text(codec([question]))[0])


def best_answers(logits: Tensor, answers: dict[int, str], count: int = 5) -> list[Answer]:
    """Best first; an index without an answer is skipped."""
    scores, order = logits.softmax(-1).sort(descending=True)
    named = [(answers[i], s) for i, s in zip(order.tolist(), scores.tolist(), strict=True) if answers.get(i)]
    return [Answer(a, s) for a, s in named[:count]]
