"""How commands end: what a person can mend is said in a sentence, everything else keeps its traceback."""

import sys
from collections.abc import Callable

from .checkpoints.errors import CheckpointError
from .runtime.interface import UnavailableError
from .runtime.pack import PackError


def run(main: Callable[[], int | None]) -> None:
    """Runs a command and ends the process with its status: 2 where a file is not there, or not what it should be."""
    try:
        status = main()
    except (CheckpointError, PackError, UnavailableError) as error:
        sys.exit(_said(str(error)))
    except OSError as error:
        # Ours are whole sentences; the system's are a file and what is wrong with it.
        sys.exit(_said(f"{error.filename}: {error.strerror}" if error.filename else str(error)))
    sys.exit(status)


def _said(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 2
