"""Ray's C++ half writes its own thoughts straight to descriptor 2; a person wants one line of progress there."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def native_silence() -> Iterator[None]:
    """Python's stderr goes on as before, and what is written past it goes nowhere (Ray keeps logs of its own)."""
    if sys.stderr is not sys.__stderr__ or sys.stderr is None:
        yield
        return
    python = sys.stderr
    python.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    with os.fdopen(os.dup(kept), "w", buffering=1, encoding=python.encoding, errors="backslashreplace") as loud:
        sys.stderr = loud
        try:
            yield
        finally:
            sys.stderr = python
            os.dup2(kept, 2)
            os.close(kept)
