"""One Markdown row a reference, for docs/parity.md."""

import re
from pathlib import Path

from .check import ELSEWHERE, MASK_LOGITS, Check
from .subject import Subject

TIE = re.compile(r"head \d+ query \d+ key \d+|\w+ of the last head tie|\d+ pixels tie")
HEADER = (
    "| reference | model | checks | worst mask logit | worst other float | integer arrays | verdict |\n"
    "|---|---|---|---|---|---|---|"
)


def _worst(checks: list[Check], tolerance: float) -> str:
    errors = [c.error for c in checks if c.error is not None and c.tolerance == tolerance]
    return f"{max(errors):.1e}" if errors else "-"


def row(path: Path, subject: Subject | None, checks: list[Check]) -> str:
    compared = [c for c in checks if c.error is not None]
    exact = [c for c in compared if c.tolerance == 0]
    missed = [c.name for c in compared if not c.passed]
    ties = {place for c in compared for place in TIE.findall(c.note)}
    verdict = f"ok, {len(ties)} rounding ties" if ties else "ok"
    cells = (
        path.name,
        subject.runtime.info.name if subject else "-",
        str(len(compared)),
        _worst(checks, MASK_LOGITS),
        _worst(checks, ELSEWHERE),
        f"{sum(c.passed for c in exact)} of {len(exact)} identical",
        verdict if not missed else "MISS: " + ", ".join(missed),
    )
    return f"| {' | '.join(cells)} |"
