"""Ray's ports can be reached from outside even where its engine is for one machine, and who reaches them runs code."""

import os
import secrets


def guard() -> None:
    """A token that only this run knows. To be called before Ray is imported, and not when a cluster is joined."""
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
