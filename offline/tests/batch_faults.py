"""Workers that tell what they did, or die of a picture; imported by Ray's own processes too."""

import os
from pathlib import Path
from typing import Any

from xdecoder.batch.job import Job
from xdecoder.batch.worker import Answerer, Worker

LOG = "XDECODER_TEST_LOG"
POISON = "poison"


class Telling(Answerer):
    """A line a picture, when it is answered."""

    def row(self, decoded: dict[str, Any]) -> dict[str, Any]:
        path = decoded["path"]
        answered = super().row(decoded)
        with Path(os.environ[LOG]).open("a") as log:
            log.write(f"{os.getpid()} {path}\n")
        return answered


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
