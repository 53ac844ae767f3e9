"""Class lists with their text embeddings, so that a preset costs the browser no text encoder run."""

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from ..model.text_encoder import normalise
from ..model.xdecoder import XDecoder
from ..runtime.text import TextCodec
from ..vocabulary import ClassList, ade150, coco133

BACKGROUND = "background"
PRESETS = {"ade150": ("ADE20K", ade150), "coco133": ("COCO", coco133)}
STRIPPED = ("-other", "-merged", "-stuff")
BATCH = 64


def spoken(name: str) -> str:
    """The words of a class name: COCO's "wall-other-merged" is prompted as "wall"."""
    for ending in STRIPPED:
        name = name.replace(ending, "")
    return name


@torch.no_grad()
def sentence_embeddings(model: XDecoder, codec: TextCodec, texts: Sequence[str]) -> Tensor:
    """(N, d), normalised. Texts of one length go together, so nothing is computed for padding."""
    rows = codec.rows(list(texts))
    out = torch.empty(len(rows), model.config.dim)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    start = 0
    while start < len(order):
        length = len(rows[order[start]])
        chosen = [i for i in order[start : start + BATCH] if len(rows[i]) == length]
        ids = torch.tensor([rows[i] for i in chosen])
        out[chosen] = normalise(model.text_encoder.sentence(ids))
        start += len(chosen)
    return out


def name_embeddings(model: XDecoder, codec: TextCodec, names: Sequence[str], templates: Sequence[str]) -> Tensor:
    """(K, d): each name in each template, normalised, averaged, normalised again (spec section 5)."""
    texts = [t.replace("{}", spoken(name)) for name in names for t in templates]
    mean = sentence_embeddings(model, codec, texts).unflatten(0, (len(names), len(templates))).mean(1)
    return mean / mean.norm(dim=1, keepdim=True)


def write_presets(
    model: XDecoder, codec: TextCodec, templates: Sequence[str], wanted: Sequence[str], folder: Path
) -> list[dict[str, str]]:
    """Writes presets/*.json and *.f32; returns the manifest's entries."""
    if not wanted:
        return []
    lists: dict[str, ClassList] = {key: PRESETS[key][1]() for key in wanted}
    names = sorted({n for classes in lists.values() for n in classes.names} | {BACKGROUND})
    embeddings = dict(zip(names, name_embeddings(model, codec, names, templates), strict=True))
    (folder / "presets").mkdir()
    entries = []
    for key, classes in lists.items():
        file, data = f"presets/{key}.json", f"presets/{key}.f32"
        text = json.dumps(
            {"names": classes.names, "isThing": classes.is_thing, "colors": classes.colors}, ensure_ascii=False
        )
        (folder / file).write_text(text, encoding="utf-8")
        rows = torch.stack([embeddings[n] for n in (*classes.names, BACKGROUND)])
        (folder / data).write_bytes(rows.numpy().astype("<f4").tobytes())
        entries.append({"id": key, "title": PRESETS[key][0], "names": file, "embeddings": data})
    return entries
