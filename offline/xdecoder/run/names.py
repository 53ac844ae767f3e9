"""The vocabulary of a run: names, which of them are things, and their embeddings, each computed once."""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..runtime import Runtime, TextCodec
from ..runtime.pack_runtime import PackRuntime
from ..tasks.vocabulary import BACKGROUND, vocabulary_embeddings
from ..vocabulary import ade150, coco133
from .requests import RequestError


@dataclass(frozen=True)
class Names:
    """K names with flags, and (K + 1, d) embeddings whose last row is "background"."""

    names: tuple[str, ...]
    is_thing: tuple[bool, ...]
    embeddings: Tensor


def read_names(path: Path) -> list[str]:
    """One name a line."""
    try:
        names = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{path} can't be read as a list of names: {error}") from error
    if not names:
        raise RequestError(f"{path} has no names in it")
    return names


def _known_things() -> dict[str, bool]:
    lists = (ade150(), coco133())
    return {n: t for known in lists for n, t in zip(known.names, known.is_thing, strict=True)}


def _preset(runtime: PackRuntime, identifier: str | None) -> tuple[dict[str, Tensor], list[str], list[bool]]:
    """Stored embeddings by name, and the preset's own list."""
    manifest, pack = runtime.pack.manifest, runtime.pack
    wanted = identifier or manifest.get("defaultPreset")
    for preset in manifest.get("presets", []):
        if preset["id"] == wanted:
            names = pack.json(preset["names"])
            rows = np.fromfile(pack.path(preset["embeddings"]), "<f4").reshape(-1, runtime.info.dim)
            each = dict(zip([*names["names"], BACKGROUND], torch.from_numpy(rows), strict=True))
            return each, names["names"], names["isThing"]
    raise RequestError(f"the pack {runtime.info.name} has no preset '{wanted}'")


def load_names(runtime: Runtime, codec: TextCodec, path: Path | None, preset: str | None) -> Names:
    """A file of names, a pack's preset, or COCO's 133 for a bare checkpoint. Stored embeddings are reused."""
    stored: dict[str, Tensor] = {}
    things = _known_things()
    if isinstance(runtime, PackRuntime) and runtime.pack.manifest.get("presets"):
        stored, names, flags = _preset(runtime, preset)
        things |= dict(zip(names, flags, strict=True))
    else:
        known = ade150() if preset == "ade150" else coco133()
        names, flags = list(known.names), list(known.is_thing)
    if path is not None:
        names = read_names(path)
        flags = [things.get(n, True) for n in names]
    new = [n for n in (*names, BACKGROUND) if n not in stored]
    for i, name in enumerate(new):
        if i % 10 == 0:
            print(f"\rvocabulary: {i} of {len(new)} names", end="", file=sys.stderr, flush=True)
        stored[name] = vocabulary_embeddings(runtime, codec, [name])[0]
    if new:
        print(f"\rvocabulary: {len(new)} of {len(new)} names", file=sys.stderr)
    return Names(tuple(names), tuple(flags), torch.stack([stored[n] for n in (*names, BACKGROUND)]))
