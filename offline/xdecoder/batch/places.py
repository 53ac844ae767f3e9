"""Where input and output lie: a path on this machine or a bucket's URI, both through pyarrow's file systems."""

from pathlib import Path

from pyarrow import fs


class BatchError(ValueError):
    """What keeps a run from starting or going on; one sentence that says what to do."""


def place(text: str) -> tuple[fs.FileSystem, str]:
    """`/folder`, `folder`, `s3://bucket/prefix`, `gs://…` -> the file system and the path in it."""
    try:
        if "://" not in text:
            return fs.LocalFileSystem(), str(Path(text).absolute())
        system, path = fs.FileSystem.from_uri(text)
    except (ValueError, OSError) as error:
        raise BatchError(f"{text} is not a place that can be opened: {error}") from error
    return system, path.rstrip("/")
