"""The input as units: stretches that one task reads from start to end, so that only their names are held in memory."""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from ..run.requests import SUFFIXES
from .places import BatchError, place

SHARDS = (".tar", ".tar.gz", ".tgz")
TABLE = ".parquet"
# Columns that may hold a picture's bytes (or a struct with `bytes`, as Hugging Face writes), and its name.
PICTURES = ("image", "bytes", "content", "jpg", "jpeg", "png", "webp", "data")
NAMES = ("path", "file_name", "filename", "name", "key", "__key__", "url", "uri")


@dataclass(frozen=True)
class Unit:
    """files: pictures, relative to the input. Else one row group of a table, or one shard."""

    files: tuple[str, ...] = ()
    table: str | None = None
    group: int = 0
    shard: str | None = None


@dataclass(frozen=True)
class Input:
    """pictures: how many there are, None where that takes reading them (shards). folders: those that were given."""

    filesystem: fs.FileSystem
    root: str
    units: tuple[Unit, ...]
    pictures: int | None
    broken: tuple[tuple[str, str], ...]
    folders: tuple[str, ...] = ()

    def at(self, name: str) -> str:
        return posixpath.join(self.root, name)


def _walk(system: fs.FileSystem, folder: str) -> Iterator[str]:
    """Files below, sorted folder by folder; names with a dot in front are left out."""
    try:
        entries = sorted(system.get_file_info(fs.FileSelector(folder)), key=lambda e: e.path)
    except UnicodeDecodeError as error:
        raise BatchError(f"{folder} has a file whose name is not UTF-8: rename it ({error})") from error
    for entry in entries:
        if entry.base_name.startswith("."):
            continue
        if entry.type == fs.FileType.Directory:
            yield from _walk(system, entry.path)
        else:
            yield entry.path


def _found(
    system: fs.FileSystem, paths: Sequence[str], given: Sequence[str]
) -> tuple[str, list[str], tuple[str, ...]]:
    """The folder that names are relative to, every file, and the folders that were given."""
    infos = system.get_file_info(list(paths))
    for info, text in zip(infos, given, strict=True):
        if info.type == fs.FileType.NotFound:
            raise BatchError(f"--input {text}: there is no such file or folder")
    folders = [i.path if i.type == fs.FileType.Directory else posixpath.dirname(i.path) for i in infos]
    root = posixpath.commonpath(folders)
    files = [f for i in infos for f in (_walk(system, i.path) if i.type == fs.FileType.Directory else [i.path])]
    return root, files, tuple(i.path for i in infos if i.type == fs.FileType.Directory)


def picture_column(schema: pa.Schema) -> tuple[str, bool] | None:
    """Name of the column with the pictures, and whether it is a struct with `bytes` in it."""

    def kind(field: pa.Field) -> bool | None:
        t = field.type
        if pa.types.is_binary(t) or pa.types.is_large_binary(t):
            return False
        return True if pa.types.is_struct(t) and t.get_field_index("bytes") >= 0 else None

    able = {f.name: kind(f) for f in schema if kind(f) is not None}
    for name in (*PICTURES, *able):
        if name in able:
            return name, bool(able[name])
    return None


def _table(system: fs.FileSystem, path: str, name: str) -> tuple[list[Unit], int]:
    with system.open_input_file(path) as file:
        parquet = pq.ParquetFile(file)
        if picture_column(parquet.schema_arrow) is None:
            raise BatchError(f"{name} has no column of pictures (binary, or a struct with `bytes`)")
        groups = [Unit(table=name, group=i) for i in range(parquet.num_row_groups)]
        return groups, parquet.metadata.num_rows


def open_input(given: Sequence[str], chunk: int) -> Input:
    """Folders, tables (.parquet) and tar shards, mixed as they come. chunk: pictures of a folder in one unit."""
    places = [place(text) for text in given]
    system = places[0][0]
    if any(not other.equals(system) for other, _ in places):
        raise BatchError("all of --input must lie on one file system or in one bucket")
    root, paths, folders = _found(system, [path for _, path in places], given)
    files: list[str] = []
    units: list[Unit] = []
    broken: list[tuple[str, str]] = []
    rows, countable = 0, True
    for path in paths:
        name, lower = posixpath.relpath(path, root), path.lower()
        if lower.endswith(SHARDS):
            units.append(Unit(shard=name))
            countable = False
        elif lower.endswith(TABLE):
            try:
                groups, count = _table(system, path, name)
            except (OSError, pa.ArrowException, BatchError) as error:
                broken.append((name, str(error)))
                continue
            units += groups
            rows += count
        elif posixpath.splitext(lower)[1] in SUFFIXES:
            files.append(name)
    units += [Unit(files=tuple(files[i : i + chunk])) for i in range(0, len(files), chunk)]
    if not units and not broken:
        raise BatchError(f"--input {' '.join(given)}: there are no pictures, .parquet or .tar files in it")
    return Input(system, root, tuple(units), rows + len(files) if countable else None, tuple(broken), folders)
