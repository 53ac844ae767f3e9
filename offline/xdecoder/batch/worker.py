"""The actor: a pack in onnxruntime, warmed once, that answers one batch of decoded pictures after another."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import ray
import torch

from ..preprocess import InputSize, Picture, fitted_picture
from ..run.failures import failure
from ..run.names import Vocabulary
from ..run.session import Session
from ..runtime.pack_runtime import PackRuntime
from .job import Job
from .rows import answered_schema, pack_rows, unpack_rows
from .strikes import LIMIT, Strikes
from .tasks import TASKS, Asked

Row = dict[str, Any]
# The warming picture: neither square nor a multiple of anything.
WARM = (300, 401)


class Answerer:
    """A session that takes decoded pictures. Needs no Ray."""

    def __init__(self, job: Job, folder: Path) -> None:
        torch.set_num_threads(job.threads)
        self.job = job
        runtime = PackRuntime(folder, job.threads, job.variant)
        self.session = Session(runtime, runtime.codec, Path(), Vocabulary(runtime, runtime.codec))
        if job.names is not None:
            self.session.names = job.names
        self.schema = answered_schema(runtime.info.dim)
        grey = {size: np.full((*size.of(*WARM), 3), 128, np.uint8) for size, _ in job.sizes}
        self._answer("", WARM, grey)

    def _answer(self, path: str, own: tuple[int, int], inputs: dict[InputSize, np.ndarray]) -> Row:
        config = self.session.runtime.info.preprocess
        pictures: dict[InputSize, Picture] = {s: fitted_picture(rgb, own, config) for s, rgb in inputs.items()}
        self.session.give(path, pictures)
        row: Row = {}
        with torch.inference_mode():
            for task in self.job.tasks:
                try:
                    row |= TASKS[task](self.session, Asked(path, self.job.questions))
                except Exception as error:
                    return {**failure(error), "stage": f"infer: {task}"}
        return row

    def row(self, decoded: Row) -> Row:
        """A row of DECODED -> a row of the answered schema."""
        inputs, path = decoded.pop("inputs"), decoded["path"]
        if decoded["stage"] is not None:
            return decoded
        own = (decoded["height"], decoded["width"])
        arrays = {
            size: np.frombuffer(raw, np.uint8).reshape(*size.of(*own), 3).copy()
            for (size, _), raw in zip(self.job.sizes, inputs, strict=True)
        }
        return {**decoded, **self._answer(path, own, arrays)}


class Worker:
    """Under Ray Data: a block in, a block out; a picture that keeps killing workers becomes an error."""

    def __init__(self, job: Job, make: Callable[[Job, Path], Answerer] = Answerer) -> None:
        self.strikes = Strikes(job.run, ray.get_runtime_context().get_actor_id())
        self.answerer = make(job, job.pack.open())

    def _row(self, decoded: Row) -> Row:
        path = decoded["path"]
        if self.strikes.out(path):
            message = f"the worker died {LIMIT} times while it was at this picture"
            return {"path": path, "stage": "infer", "code": "worker-died", "message": message}
        self.strikes.begin(path)
        row = self.answerer.row(decoded)
        self.strikes.end()
        return row

    def __call__(self, block: pa.Table) -> pa.Table:
        rows = [self._row(decoded) for table in unpack_rows(block) for decoded in table.to_pylist()]
        return pack_rows(rows, self.answerer.schema)
