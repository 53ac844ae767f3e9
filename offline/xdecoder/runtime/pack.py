"""A pack on disk: its manifest, and whether its files are the ones the manifest speaks of (docs/pack.md)."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHUNK = 4 * 1024 * 1024
REQUIRED = ("name", "model", "preprocess", "sizes", "files", "variants", "tokenizer", "tasks")


class PackError(ValueError):
    """A folder that is not a whole pack."""


@dataclass(frozen=True)
class Pack:
    folder: Path
    manifest: dict[str, Any]

    def path(self, name: str) -> Path:
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise PackError(f"{self.folder}: the manifest names '{name}', which lies outside the pack")
        if not path.is_file():
            raise PackError(f"{self.folder}: the manifest names '{name}', which is not there")
        return path

    def json(self, name: str) -> Any:
        return json.loads(self.path(name).read_text(encoding="utf-8"))

    def variant(self, wanted: str | None = None) -> dict[str, Any]:
        """The one wanted, else the first that a CPU may run, in the manifest's order of preference."""
        for variant in self.manifest["variants"]:
            if variant["id"] == wanted or (wanted is None and "wasm" in variant["providers"]):
                return variant
        raise PackError(f"{self.folder}: {f'it has no variant {wanted}' if wanted else 'no variant runs on a CPU'}")


def _verify(pack: Pack) -> None:
    for entry in pack.manifest["files"]:
        path = pack.path(entry["path"])
        if path.stat().st_size != entry["bytes"]:
            found = path.stat().st_size
            raise PackError(f"{path} has {found} bytes and the manifest says {entry['bytes']}: fetch the pack again")
        with path.open("rb") as f:
            hashes = [hashlib.sha256(chunk).hexdigest() for chunk in iter(lambda: f.read(CHUNK), b"")]
        if (hashes or [hashlib.sha256(b"").hexdigest()]) != entry["sha256"]:
            raise PackError(f"{path} was altered: its hash is not the manifest's")


def open_pack(folder: Path) -> Pack:
    path = folder / "manifest.json"
    if not path.is_file():
        raise PackError(f"{folder} is not a pack: it has no manifest.json")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise PackError(f"{path} is not JSON: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("schema") != 1:
        raise PackError(f"{path}: schema 1 is expected")
    missing = [k for k in REQUIRED if k not in manifest]
    if missing:
        raise PackError(f"{path} lacks {', '.join(missing)}")
    pack = Pack(folder, manifest)
    _verify(pack)
    return pack


def megabytes(manifest: dict[str, Any], variant: dict[str, Any]) -> float:
    """Graphs and weights of a variant, shared files counted once."""
    sizes = {f["path"]: f["bytes"] for f in manifest["files"]}
    wanted = {e["file"] for graph in variant["graphs"].values() for e in [graph, *graph.get("external", [])]}
    return sum(sizes[path] for path in wanted) / 1e6
