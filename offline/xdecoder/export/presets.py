"""Class lists with their text embeddings, so that a preset costs the browser no text encoder run."""

import json
from pathlib import Path

import torch
from torch import Tensor

from ..model.text_encoder import normalise
from ..model.xdecoder import XDecoder
from ..train.text import Ids
from ..vocabulary import ClassList, ade150, coco133

BACKGROUND = "background"
PRESETS = {"ade150": ("ADE20K, 150 names", ade150), "coco133": ("COCO, 133 names", coco133)}
STRIPPED = ("-other", "-merged", "-stuff")


@torch.no_grad()
def name_embeddings(model: XDecoder, ids: Ids, names: list[str], templates: list[str]) -> Tensor:
    """(K, d): each name in each template, normalised, averaged, normalised again (spec section 5)."""
    rows = []
    for name in names:
        for ending in STRIPPED:
            name = name.replace(ending, "")
        e = normalise(model.text_encoder.sentence(ids([t.format(name) for t in templates])))
        mean = e.mean(0)
        rows.append(mean / mean.norm())
    return torch.stack(rows)


def write_presets(model: XDecoder, ids: Ids, templates: list[str], folder: Path) -> list[dict[str, str]]:
    """Writes presets/*.json and *.f32; returns the manifest's entries."""
    (folder / "presets").mkdir()
    entries = []
    for key, (title, get) in PRESETS.items():
        classes: ClassList = get()
        embeddings = name_embeddings(model, ids, [*classes.names, BACKGROUND], templates)
        names, data = f"presets/{key}.json", f"presets/{key}.f32"
        text = json.dumps(
            {"names": classes.names, "isThing": classes.is_thing, "colors": classes.colors}, ensure_ascii=False
        )
        (folder / names).write_text(text, encoding="utf-8")
        (folder / data).write_bytes(embeddings.numpy().astype("<f4").tobytes())
        entries.append({"id": key, "title": title, "names": names, "embeddings": data})
    return entries
