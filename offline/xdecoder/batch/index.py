"""The index on disk, and its one writer: whole partitions or none, whatever ends the run (docs/index-format.md)."""

import fcntl
import json
import posixpath
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import fs

from .finished import Finished
from .places import BatchError, place
from .rows import ERRORS, Meta

RUN = "_run.json"
LISTING = "index.json"
LISTING_SECONDS = 30.0
ROW_GROUP = 16384
PART = re.compile(r"part-(\d+)\.parquet")


def write_table(table: pa.Table, sink: Any) -> None:
    """As the app reads it fastest: vectors plain, in small row groups."""
    pq.write_table(
        table,
        sink,
        compression="snappy",
        row_group_size=ROW_GROUP,
        use_dictionary=["caption"],
        write_page_index=True,
    )


class Index:
    """A folder or a bucket's prefix. One run at a time writes to it."""

    def __init__(self, out: str, meta: Meta, settings: dict[str, Any], rows: int, seconds: float) -> None:
        """rows, seconds: a partition is written when so many rows or so much time have gathered."""
        self.system, self.root = place(out)
        self.meta, self.rows, self.seconds = meta, rows, seconds
        self._pending: list[pa.Table] = []
        self._since = self._listed = time.monotonic()
        self._lock: IO[str] | None = None
        try:
            self.system.create_dir(self._at("errors"), recursive=True)
            self._claim(settings)
        except OSError as error:
            raise BatchError(f"--out {out} can't be written: {error}") from error
        self.parts: list[dict[str, Any]] = []
        self.finished = Finished.of(self._read_parts())
        self._errors = 0
        self._forget_errors()
        self._write_listing()

    def _at(self, name: str) -> str:
        return posixpath.join(self.root, name)

    def _files(self, folder: str) -> list[fs.FileInfo]:
        found = self.system.get_file_info(fs.FileSelector(folder, allow_not_found=True))
        return sorted((f for f in found if f.type == fs.FileType.File), key=lambda f: f.path)

    def _claim(self, settings: dict[str, Any]) -> None:
        """An index is made by one pack and one set of questions; its folder by one command at a time."""
        if isinstance(self.system, fs.LocalFileSystem):
            self._lock = (Path(self.root) / "_lock").open("w")
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BatchError(f"{self.root} is being written by another run: wait for it or stop it") from None
        mine = {**self.meta.json(), **settings}
        if any(f.base_name == RUN for f in self._files(self.root)):
            with self.system.open_input_stream(self._at(RUN)) as stream:
                theirs = json.loads(stream.read())
            other = [k for k in sorted({*mine, *theirs}) if mine.get(k) != theirs.get(k)]
            if other:
                said = ", ".join(f"{k} {_short(theirs.get(k))} and not {_short(mine.get(k))}" for k in other)
                raise BatchError(f"{self.root} holds an index made with {said}: choose another --out")
        else:
            if any(f.base_name.endswith(".parquet") for f in self._files(self.root)):
                raise BatchError(f"{self.root} holds Parquet files of something else: choose another --out")
            self._write(RUN, json.dumps(mine, ensure_ascii=False).encode())

    def _write(self, name: str, content: bytes) -> None:
        """Beside, then renamed: a reader sees the whole file or none."""
        folder, base = posixpath.split(name)
        beside = self._at(posixpath.join(folder, f"_{base}.new"))
        with self.system.open_output_stream(beside, compression=None) as stream:
            stream.write(content)
        self.system.move(beside, self._at(name))

    def _write_part(self, name: str, table: pa.Table) -> int:
        sink = pa.BufferOutputStream()
        write_table(table, sink)
        content = sink.getvalue()
        self._write(name, content)
        return content.size

    def _read_parts(self) -> Iterator[str]:
        """Paths of everything in the partitions that are there, which also fills `parts`."""
        for info in self._files(self.root):
            if not info.base_name.endswith(".parquet"):
                continue
            try:
                with self.system.open_input_file(info.path) as file:
                    paths = pq.ParquetFile(file).read(["path"])["path"]
            except (OSError, pa.ArrowException) as error:
                raise BatchError(f"{info.path} is no partition of an index; remove it: {error}") from error
            self.parts.append({"path": info.base_name, "rows": len(paths), "bytes": info.size})
            yield from paths.to_pylist()

    def _forget_errors(self) -> None:
        """What failed in an earlier run is tried again, so its error is said again or not at all."""
        for info in self._files(self._at("errors")):
            self.system.delete_file(info.path)

    def add(self, answered: pa.Table) -> tuple[int, int]:
        """Rows of the answered schema -> how many succeeded and failed."""
        if not self._pending:
            self._since = time.monotonic()
        self._pending.append(answered)
        failed = len(answered) - answered["stage"].null_count
        if sum(map(len, self._pending)) >= self.rows or time.monotonic() - self._since >= self.seconds:
            self.flush()
        return len(answered) - failed, failed

    def flush(self) -> None:
        if not self._pending:
            return
        table = pa.concat_tables(self._pending)
        wrong = table["stage"].is_valid()
        good = table.filter(pc.invert(wrong)).select(self.meta.schema().names).cast(self.meta.schema())
        bad = table.filter(wrong).select(ERRORS.names)
        if len(bad):
            self._write_part(f"errors/errors-{self._errors:05d}.parquet", bad)
            self._errors += 1
        if len(good):
            name = f"part-{self._next():05d}.parquet"
            size = self._write_part(name, good)
            self.parts.append({"path": name, "rows": len(good), "bytes": size})
        self._pending = []
        if time.monotonic() - self._listed >= LISTING_SECONDS:
            self._write_listing()

    def _next(self) -> int:
        found = (PART.fullmatch(part["path"]) for part in self.parts)
        return max((int(match[1]) + 1 for match in found if match), default=0)

    def _write_listing(self) -> None:
        self._listed = time.monotonic()
        self._write(LISTING, json.dumps({"schema": 1, "files": self.parts}).encode())

    def close(self) -> None:
        self.flush()
        self._write_listing()
        if self._lock is not None:
            self._lock.close()


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
