"""Rounding ties of masked attention.

A key is masked where a mask logit is below 0. Where that logit is smaller than float32's own noise (up to 1e-4 on these
values), two correct programs can decide differently, and that one query then differs by far more than the tolerance.

Where the other program's decisions are known (an exported graph's are), the model computes once more with those: every
mask logit of every layer and every result must then agree, or the difference is a fault. A reference does not tell its
decisions; there, those that close to 0 are turned around one at a time, the others held as they fell, and if that alone
brings every value back within tolerance, the difference was that coin toss, and the line says which one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import torch
from torch import Tensor

from ..model.decoder import BLOCKED, Head
from ..model.xdecoder import XDecoder
from .check import CLOSE, ELSEWHERE, Arrays, Check, Computed, Noted, compare_all

TRIES = 32
ROUNDS = 4
Result = TypeVar("Result")


@dataclass(frozen=True)
class Tie:
    """Prediction head, row and key position of a decision, and the logit that made it."""

    head: int
    query: int
    key: int
    logit: float

    @property
    def place(self) -> tuple[int, int, int]:
        return self.head, self.query, self.key

    def __str__(self) -> str:
        return f"head {self.head} query {self.query} key {self.key} logit {self.logit:.1e}"


def _limits(blocked: Tensor, guided: list[bool] | bool) -> Tensor:
    """Decisions (B, R, h*w), 1 = blocked, as the decoder's additive bias."""
    blocked = blocked * (1 - blocked.amin(-1, keepdim=True))
    if guided is not True:
        blocked = blocked * torch.tensor(guided, dtype=blocked.dtype)[None, :, None]
    return (blocked * BLOCKED)[:, None]


class Decisions:
    """Stands in for the decoder's `guide`: notes close decisions, and makes the held ones as it is told.

    held: True = blocked. Without it, turning one decision would let others that are as close fall anew.
    """

    def __init__(self, model: XDecoder) -> None:
        self.model = model
        self.held: dict[tuple[int, int, int], bool] = {}
        self.close: dict[tuple[int, int, int], Tie] = {}
        self.calls = 0

    def __enter__(self) -> "Decisions":
        self.model.decoder.guide = self.guide
        return self

    def __exit__(self, *_: object) -> None:
        del self.model.decoder.guide

    def start(self, held: dict[tuple[int, int, int], bool]) -> None:
        self.held, self.close, self.calls = held, {}, 0

    def guide(self, head: Head, level_features: Tensor, guided: list[bool] | bool) -> Tensor | None:
        if guided is False:
            return None
        number = self.calls % self.model.config.layers
        self.calls += 1
        logits = head.mask_embeddings @ level_features
        for _, query, key in torch.nonzero(logits.abs() < CLOSE).tolist():
            tie = Tie(number, query, key, float(logits[0, query, key]))
            self.close.setdefault(tie.place, tie)
        blocked = (logits < 0).to(logits.dtype)
        for (layer, query, key), value in self.held.items():
            if layer == number and query < blocked.shape[1]:
                blocked[0, query, key] = float(value)
        return _limits(blocked, guided)


class Followed:
    """Stands in for the decoder's `guide`: decides as another program did, whose mask logits it is given.

    theirs: (1, R, h*w) a guided layer, in the order in which the layers run. `turned` are the decisions that this
    program made the other way, with its own logit; `error` is the largest |theirs - own| / (1 + |own|) of all logits,
    infinite where the two programs did not run the same layers.
    """

    def __init__(self, model: XDecoder, theirs: Sequence[Tensor]) -> None:
        self.model, self.theirs = model, list(theirs)
        self.turned: list[Tie] = []
        self._left, self._worst = list(theirs), 0.0

    def __enter__(self) -> "Followed":
        self.model.decoder.guide = self.guide
        return self

    def __exit__(self, *_: object) -> None:
        del self.model.decoder.guide

    @property
    def error(self) -> float:
        return float("inf") if self._left else self._worst

    def guide(self, head: Head, level_features: Tensor, guided: list[bool] | bool) -> Tensor | None:
        if guided is False:
            return None
        own = head.mask_embeddings @ level_features
        if not self._left or self._left[0].shape != own.shape:
            self._worst = float("inf")
            return _limits((own < 0).to(own.dtype), guided)
        number, theirs = (len(self.theirs) - len(self._left)) % self.model.config.layers, self._left.pop(0)
        difference = ((theirs - own).abs() / (1 + own.abs())).amax().item()
        self._worst = max(self._worst, difference) if difference == difference else float("inf")
        for _, query, key in torch.nonzero((own < 0) != (theirs < 0)).tolist():
            self.turned.append(Tie(number, query, key, float(own[0, query, key])))
        return _limits((theirs < 0).to(own.dtype), guided)


def turn_ties(
    model: XDecoder, run: Callable[[], Result], outside: Callable[[Result], int]
) -> tuple[Result, frozenset[Tie]]:
    """`run` with the close decisions turned that leave the fewest values outside, and which those are.

    `run` computes one decoder pass by this model (or several with the same queries).
    """
    with Decisions(model) as decisions:
        found, turned = run(), frozenset()
        close = sorted(decisions.close.values(), key=lambda t: abs(t.logit))
        for _ in range(ROUNDS):
            if outside(found) == 0 or not close:
                break
            attempt = _best_turn(decisions, run, outside, turned, close)
            if outside(attempt[0]) >= outside(found):
                break
            found, turned = attempt
    return found, turned


def _best_turn(
    decisions: Decisions,
    run: Callable[[], Result],
    outside: Callable[[Result], int],
    turned: frozenset[Tie],
    close: list[Tie],
) -> tuple[Result, frozenset[Tie]]:
    """The one more (or one less) turned decision that leaves the fewest values outside; all right ends the search."""
    best: tuple[Result, frozenset[Tie]] | None = None
    for tie in close[:TRIES]:
        attempt = turned ^ {tie}
        decisions.start({t.place: (t.logit < 0) != (t in attempt) for t in close})
        found = run()
        if best is None or outside(found) < outside(best[0]):
            best = found, attempt
        if outside(found) == 0:
            break
    if best is None:
        raise ValueError("no decision to turn")
    return best


def described(turned: Iterable[Tie]) -> str:
    return "; ".join(str(t) for t in sorted(turned, key=lambda t: t.place))


def _outside(checks: list[Check]) -> int:
    return sum(c.outside for c in checks)


def settle(model: XDecoder, unit: Callable[[], Computed], reference: Arrays, note: str = "") -> list[Check]:
    """Checks of one decoder pass, ties taken into account."""
    checks, turned = turn_ties(model, lambda: compare_all(unit(), reference, note), _outside)
    return [c.noted(f"rounding tie turned: {described(turned)}") for c in checks] if turned else checks


def settle_beside(
    model: XDecoder,
    unit: Callable[[], Computed],
    found: Computed,
    decided: Sequence[Tensor],
    reference: Arrays,
    checks: list[Check],
) -> list[Check]:
    """For results of a pack: the model that it was made from stands between them and the reference.

    decided: the mask logits that the pack decided by. If turning ties brings the model to the reference, and following
    the pack's decisions brings it to the pack's results and logits, then pack and reference differ by those ties. The
    errors given are then the ones between pack and model.
    """
    given = {k: v.array if isinstance(v, Noted) else v for k, v in found.items() if k in reference}
    with Followed(model, decided) as followed:
        beside = {c.name: c for c in compare_all(unit(), given)}
    if followed.error > ELSEWHERE or not all(c.passed for c in beside.values()):
        return checks
    right, turned = turn_ties(model, lambda: compare_all(unit(), reference), _outside)
    ties = {t.place: t for t in (*turned, *followed.turned)}.values()
    if _outside(right) or not ties:
        return checks
    text = f"rounding tie: {described(ties)}; the error is to the model with the pack's decisions"
    return [c if c.passed else replace(beside[c.name], note=c.note).noted(text) for c in checks]
