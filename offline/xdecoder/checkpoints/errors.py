"""One sentence a failure, then the keys it is about."""

LISTED = 20


class CheckpointError(ValueError):
    """A file that can't be used as a checkpoint; the message says why and is complete for a person."""


def listing(title: str, lines: list[str]) -> str:
    """`title (n):` and up to LISTED lines, or nothing."""
    if not lines:
        return ""
    more = [f"    … and {len(lines) - LISTED} more"] if len(lines) > LISTED else []
    return "\n".join([f"\n  {title} ({len(lines)}):", *(f"    {line}" for line in lines[:LISTED]), *more])
