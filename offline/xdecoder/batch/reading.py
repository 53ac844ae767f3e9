"""From a unit of the input to batches of decoded pictures. Runs in Ray's tasks, beside the inference."""

import hashlib
import io
import posixpath
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..preprocess import InputSize, Resample, decode_image, fit
from ..run.failures import failure
from ..run.requests import SUFFIXES
from .finished import Finished
from .rows import DECODED, pack_rows
from .units import NAMES, Input, Unit, picture_column

Sizes = tuple[tuple[InputSize, Resample], ...]
Row = dict[str, Any]
# What reading a damaged or unreachable file raises.
UNREADABLE = (OSError, EOFError, tarfile.TarError, zlib.error, pa.ArrowException)


@dataclass(frozen=True)
class Found:
    """A picture's bytes, or why they could not be read."""

    path: str
    data: bytes = b""
    error: str = ""


def _files(source: Input, names: tuple[str, ...], done: Finished) -> Iterator[Found]:
    for name in names:
        if name in done:
            continue
        try:
            with source.filesystem.open_input_stream(source.at(name)) as stream:
                yield Found(name, stream.read())
        except UNREADABLE as error:
            yield Found(name, error=str(error))


def _shard(source: Input, shard: str, done: Finished) -> Iterator[Found]:
    """The pictures of a tar in their order; what comes before the damage in it is kept."""
    try:
        with (
            source.filesystem.open_input_stream(source.at(shard), compression=None) as stream,
            tarfile.open(fileobj=stream, mode="r|*") as tar,
        ):
            for member in tar:
                path = f"{shard}/{member.name}"
                # As in folders; a Mac's tars have a "._" file beside each.
                if posixpath.basename(member.name).startswith("."):
                    continue
                if not member.isfile() or posixpath.splitext(path.lower())[1] not in SUFFIXES or path in done:
                    continue
                content = tar.extractfile(member)
                data = content.read() if content else b""
                if len(data) < member.size:
                    raise EOFError(f"it ends within {member.name}")
                yield Found(path, data)
    except UNREADABLE as error:
        yield Found(shard, error=f"the shard can't be read on: {error}")


def _rows(source: Input, table: str, group: int, done: Finished) -> Iterator[Found]:
    """path = the table, the row's number in the row group, and its name where the table has one."""
    place = f"{table}/{group:05d}"
    try:
        with source.filesystem.open_input_file(source.at(table)) as file:
            parquet = pq.ParquetFile(file)
            schema = parquet.schema_arrow
            column, nested = picture_column(schema) or ("", False)
            text = {f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)}
            name_column = next((n for n in NAMES if n in text and n != column), None)
            columns = [column] if name_column is None else [column, name_column]
            row = 0
            for batch in parquet.iter_batches(16, row_groups=[group], columns=columns):
                for entry in batch.to_pylist():
                    value = entry[column] or {} if nested else entry[column]
                    name = (value.get("path") if nested else None) or (name_column and entry[name_column]) or ""
                    path = f"{place}/{row:06d}" + (f"-{posixpath.basename(name)}" if name else "")
                    row += 1
                    if path in done:
                        continue
                    data = value.get("bytes") if nested else value
                    yield Found(path, data or b"", "" if data else "the row has no picture in it")
    except UNREADABLE as error:
        yield Found(place, error=f"the row group can't be read on: {error}")


def find(source: Input, unit: Unit, done: Finished) -> Iterator[Found]:
    """Every picture of the unit that is not finished."""
    if unit.shard is not None:
        return _shard(source, unit.shard, done)
    if unit.table is not None:
        return _rows(source, unit.table, unit.group, done)
    return _files(source, unit.files, done)


def decode(found: Found, sizes: Sizes) -> Row:
    """A row of DECODED."""
    if found.error:
        return {"path": found.path, "stage": "read", "code": "unreadable", "message": found.error}
    row: Row = {
        "path": found.path,
        "sha256": hashlib.sha256(found.data).hexdigest(),
        "bytes": len(found.data),
    }
    try:
        image = decode_image(io.BytesIO(found.data), found.path)
        inputs = [fit(image, size, resample).tobytes() for size, resample in sizes]
    except Exception as error:
        return {**row, **failure(error), "stage": "decode"}
    return {**row, "width": image.width, "height": image.height, "inputs": inputs}


def batches(source: Input, unit: Unit, done: Finished, sizes: Sizes, batch: int) -> Iterator[pa.Table]:
    rows: list[Row] = []
    for found in find(source, unit, done):
        rows.append(decode(found, sizes))
        if len(rows) == batch:
            yield pack_rows(rows, DECODED)
            rows = []
    if rows:
        yield pack_rows(rows, DECODED)
