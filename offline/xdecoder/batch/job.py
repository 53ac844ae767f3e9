"""What a worker needs to know, the same for all of them."""

import hashlib
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import ray

from ..run.names import Names
from .reading import Sizes


def manifest_hash(folder: Path) -> str:
    """The manifest holds the hash of every other file, so its own names the whole pack."""
    return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def unpack(files: dict[str, bytes], identity: str) -> Path:
    """A folder that workers of one machine share; written beside and renamed, so never seen half."""
    target = Path(tempfile.gettempdir()) / f"xdecoder-pack-{identity[:16]}"
    if target.is_dir():
        return target
    beside = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=target.parent))
    for name, data in files.items():
        path = beside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    try:
        return beside.rename(target)
    except OSError:  # another worker was first
        return target if target.is_dir() else beside


@dataclass(frozen=True)
class PackFiles:
    """The pack's folder; on machines that do not have it there, its files out of Ray's store, once they are shared."""

    folder: Path
    hash: str
    files: ray.ObjectRef | None = None

    def shared(self) -> "PackFiles":
        files = {p.relative_to(self.folder).as_posix(): p.read_bytes() for p in self.folder.rglob("*") if p.is_file()}
        return replace(self, files=ray.put(files))

    def open(self) -> Path:
        if (self.folder / "manifest.json").is_file() and manifest_hash(self.folder) == self.hash:
            return self.folder
        if self.files is None:
            raise FileNotFoundError(f"{self.folder}: the pack is not on this machine")
        return unpack(ray.get(self.files), self.hash)


@dataclass(frozen=True)
class Job:
    """tasks always has embed. names: for panoptic, embedded once. run: names this run's scratch files."""

    pack: PackFiles
    variant: str
    tasks: tuple[str, ...]
    names: Names | None
    questions: tuple[str, ...]
    sizes: Sizes
    threads: int
    run: str

    def shared(self) -> "Job":
        return replace(self, pack=self.pack.shared())
