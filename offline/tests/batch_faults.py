"""Workers that tell what they did, or die of a picture; imported by Ray's own processes too."""

import os
import time
from pathlib import Path
from typing import Any

from xdecoder.batch.job import Job
from xdecoder.batch.worker import Answerer, Worker

LOG = "XDECODER_TEST_LOG"
POISON = "poison"
HOLD = 120
PATIENCE_S = 120.0


class Telling(Answerer):
    """A line a picture, when it is answered; after HOLD of them nobody goes on before a third process has answered.

    Else the worker that is left may be done with everything before the killed one's successor has started.
    """

    def row(self, decoded: dict[str, Any]) -> dict[str, Any]:
        path = decoded["path"]
        answered = super().row(decoded)
        with Path(os.environ[LOG]).open("a") as log:
            log.write(f"{os.getpid()} {path}\n")
        end = time.monotonic() + PATIENCE_S
        while self.must_wait() and time.monotonic() < end:
            time.sleep(0.05)
        return answered

    @staticmethod
    def must_wait() -> bool:
        pids = [line.split()[0] for line in Path(os.environ[LOG]).read_text().splitlines()]
        return len(pids) >= HOLD and len(set(pids)) < 3


class Poisoned(Answerer):
    def row(self, decoded: dict[str, Any]) -> dict[str, Any]:
        if POISON in decoded["path"]:
            os._exit(1)
        return super().row(decoded)


class TellingWorker(Worker):
    def __init__(self, job: Job) -> None:
        super().__init__(job, Telling)


class PoisonedWorker(Worker):
    def __init__(self, job: Job) -> None:
        super().__init__(job, Poisoned)
