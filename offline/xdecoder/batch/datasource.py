"""The input for Ray Data: a read task a unit, which streams batches."""

from collections.abc import Iterator

import pyarrow as pa
import ray
from ray.data import Datasource, ReadTask
from ray.data.block import BlockMetadata

from .finished import Finished
from .reading import Sizes, batches
from .units import Input, Unit


class Pictures(Datasource):
    def __init__(self, source: Input, done: ray.ObjectRef, sizes: Sizes, batch: int) -> None:
        super().__init__()
        self._source, self._done, self._sizes, self._batch = source, done, sizes, batch

    def get_name(self) -> str:
        return "Pictures"

    def estimate_inmemory_data_size(self) -> int | None:
        return None

    def get_read_tasks(self, parallelism: int, *_: object, **__: object) -> list[ReadTask]:
        unknown = BlockMetadata(num_rows=None, size_bytes=None, exec_stats=None, input_files=None)
        return [ReadTask(self._reader(unit), unknown) for unit in self._source.units]

    def _reader(self, unit: Unit):  # noqa: ANN202
        # A task carries its own unit, not all of them.
        source = Input(self._source.filesystem, self._source.root, (), None, ())
        done, sizes, batch = self._done, self._sizes, self._batch

        def read() -> Iterator[pa.Table]:
            finished: Finished = ray.get(done)
            return batches(source, unit, finished, sizes, batch)

        return read
