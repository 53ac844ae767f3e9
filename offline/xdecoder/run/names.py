"""The vocabulary of a run: names, which of them are things, and their embeddings, each computed once."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..runtime import Runtime, TextCodec
from ..runtime.pack import Pack
from ..runtime.pack_runtime import PackRuntime
from ..tasks.vocabulary import BACKGROUND, vocabulary_embeddings
from ..vocabulary import ade150, coco133
from .requests import RequestError
from .sizes import small_profile

# What a label map of 16 bits holds.
MOST = 65534
KINDS = {"thing": True, "stuff": False}


@dataclass(frozen=True)
class Names:
    """K names with flags, and (K + 1, d) embeddings whose last row is "background"."""

    names: tuple[str, ...]
    is_thing: tuple[bool, ...]
    embeddings: Tensor


@dataclass(frozen=True)
class Preset:
    """A stored list: K names with flags; embeddings (K + 1, d), "background" last, only in packs."""

    id: str
    names: tuple[str, ...]
    is_thing: tuple[bool, ...]
    embeddings: Tensor | None = None


def read_names(path: Path, presets: Iterable[Preset] = ()) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    """One name a line, and which are things: "name<TAB>stuff" or "name<TAB>thing" says it, else the first preset that
    has the name, else it is a thing. Raises RequestError.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").rstrip().split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{path} can't be read as a list of names: {error}") from error
    known: dict[str, bool] = {}
    for preset in presets:
        for name, thing in zip(preset.names, preset.is_thing, strict=True):
            known.setdefault(name.lower(), thing)
    names, flags = [], []
    for number, line in enumerate(lines, 1):
        name, *kinds = (part.strip() for part in line.split("\t"))
        if not name:
            raise RequestError(
                f"{path}, line {number} is empty: a pixel's value is the number of a line, so none may be"
            )
        if kinds and kinds[0] not in KINDS:
            raise RequestError(f'{path}, line {number}: "{kinds[0]}" is neither thing nor stuff')
        names.append(name)
        flags.append(KINDS[kinds[0]] if kinds else known.get(name.lower(), True))
    return tuple(names), tuple(flags)


def _stored(pack: Pack, preset: dict[str, Any], dim: int) -> Preset:
    names = pack.json(preset["names"])
    rows = np.fromfile(pack.path(preset["embeddings"]), "<f4").reshape(-1, dim)
    return Preset(preset["id"], tuple(names["names"]), tuple(names["isThing"]), torch.from_numpy(rows))


def presets_of(runtime: Runtime) -> tuple[list[Preset], str | None]:
    """The lists that come with a model, and which is its own. What has none gets COCO's and ADE20K's, the small models
    ADE20K's for their own.
    """
    if isinstance(runtime, PackRuntime) and runtime.pack.manifest.get("presets"):
        manifest = runtime.pack.manifest
        stored = [_stored(runtime.pack, preset, runtime.info.dim) for preset in manifest["presets"]]
        return stored, manifest.get("defaultPreset")
    lists = {"coco133": coco133(), "ade150": ade150()}
    small = small_profile(runtime)
    stored = [Preset(key, known.names, known.is_thing) for key, known in lists.items()]
    return stored, small.default_preset if small else "coco133"


def name_key(name: str) -> str:
    """Of all spellings of a name that are one to the text encoder."""
    return " ".join(name.split()).lower()


class Vocabulary:
    """The names of a run, from a file, a preset or the model's own list. Each name is encoded once, whichever requests
    have it, and not at all where the pack has its embedding. Raises RequestError.
    """

    def __init__(self, runtime: Runtime, codec: TextCodec, path: Path | None = None, preset: str | None = None) -> None:
        self._runtime, self._codec = runtime, codec
        presets, own = presets_of(runtime)
        if path is not None:
            self.names, self.is_thing = read_names(path, presets)
        else:
            found = next((p for p in presets if p.id == (preset or own)), None)
            if preset and not found:
                raise RequestError(f"{runtime.info.name} has no preset '{preset}'")
            self.names, self.is_thing = (found.names, found.is_thing) if found else ((), ())
        self._known: dict[str, Tensor] = {}
        for each in presets:
            if each.embeddings is not None:
                for name, row in zip([*each.names, BACKGROUND], each.embeddings, strict=True):
                    self._known.setdefault(name_key(name), row)

    def embedded(self, names: Sequence[str], is_thing: Sequence[bool] | None = None) -> Names:
        """Any names; without flags all are things. Raises RequestError."""
        if not names:
            raise RequestError("there are no names to look for")
        if len(names) > MOST:
            raise RequestError(f"there are more than {MOST:,} names to look for")
        keys = [name_key(name) for name in (*names, BACKGROUND)]
        if "" in keys:
            raise RequestError("a name to look for is empty")
        self._encode([key for key in dict.fromkeys(keys) if key not in self._known])
        flags = (True,) * len(names) if is_thing is None else tuple(is_thing)
        return Names(tuple(names), flags, torch.stack([self._known[key] for key in keys]))

    def own(self) -> Names:
        return self.embedded(self.names, self.is_thing)

    def _encode(self, keys: list[str]) -> None:
        for i, key in enumerate(keys):
            if i % 10 == 0:
                print(f"\rvocabulary: {i} of {len(keys)} names", end="", file=sys.stderr, flush=True)
            self._known[key] = vocabulary_embeddings(self._runtime, self._codec, [key])[0]
        if keys:
            print(f"\rvocabulary: {len(keys)} of {len(keys)} names", file=sys.stderr)
