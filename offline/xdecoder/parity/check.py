"""One line an array: name, maximum error, tolerance, verdict."""

import re
from dataclasses import dataclass, replace

import numpy as np

MASK_LOGITS = 1e-3
ELSEWHERE = 2e-4
# Counts divided by sizes: they differ by float rounding or by a whole position.
FRACTIONS = 1e-6
# float32's own noise on mask logits: a decision at 0 that is closer than this is a tie.
CLOSE = 1e-4

_MASKS = re.compile(r"pred_masks_(sub|q0)|mask_logits|final_mask|masks_fullres|^resize_")


@dataclass(frozen=True)
class Noted:
    """A computed array with something to say beside its verdict."""

    array: np.ndarray
    note: str


Arrays = dict[str, np.ndarray]
Computed = dict[str, "np.ndarray | Noted"]


@dataclass(frozen=True)
class Check:
    """error None = not compared, `note` says why; `outside` = how many elements are beyond the tolerance."""

    name: str
    error: float | None
    tolerance: float
    note: str = ""
    outside: int = 0

    @property
    def passed(self) -> bool:
        return self.outside == 0

    @property
    def verdict(self) -> str:
        return "skipped" if self.error is None else "ok" if self.passed else "MISS"

    def noted(self, text: str) -> "Check":
        return replace(self, note="; ".join(filter(None, (self.note, text))))

    def line(self) -> str:
        error = "-" if self.error is None else "identical" if self.error == 0 else f"{self.error:.2e}"
        allowed = "-" if self.error is None else "identical" if self.tolerance == 0 else f"{self.tolerance:.0e}"
        return f"{self.name:<36} {error:>10} {allowed:>10}  {self.verdict}{'  ' + self.note if self.note else ''}"


def tolerance(name: str, array: np.ndarray) -> float:
    if array.dtype.kind in "iub":
        return 0.0
    if name.endswith("masked_fraction"):
        return FRACTIONS
    return MASK_LOGITS if _MASKS.search(name) else ELSEWHERE


def compare(name: str, expected: np.ndarray, found: np.ndarray, note: str = "") -> Check:
    """Integers must be identical; a wrong shape is an infinite error, and so is a NaN."""
    allowed = tolerance(name, expected)
    found = np.asarray(found)
    if found.shape != expected.shape:
        text = f"shape {list(found.shape)}, reference {list(expected.shape)}"
        return Check(name, float("inf"), allowed, text, outside=max(expected.size, 1))
    difference = np.abs(np.atleast_1d(found).astype(np.float64) - expected.astype(np.float64))
    difference[~np.isfinite(difference)] = np.inf
    error = float(difference.max(initial=0.0))
    return Check(name, error, allowed, note, int((difference > allowed).sum()))


def compare_all(computed: Computed, reference: Arrays, note: str = "") -> list[Check]:
    """Those computed arrays that the reference has."""
    checks = []
    for name, found in computed.items():
        if name not in reference:
            continue
        if isinstance(found, Noted):
            checks.append(compare(name, reference[name], found.array, note).noted(found.note))
        else:
            checks.append(compare(name, reference[name], found, note))
    return checks


def skipped(name: str, note: str) -> Check:
    return Check(name, None, 0.0, note)


def uncomputed(name: str) -> Check:
    return Check(name, float("inf"), 0.0, "nothing here computes an array of this name", outside=1)
