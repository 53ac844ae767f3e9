"""manifest.json: everything that is in a pack and how to use it (docs/pack.md)."""

import hashlib
import json
from pathlib import Path
from typing import Any

import onnx
import torch

from .. import __version__
from ..model.xdecoder import XDecoder
from .graphs import ROLES
from .ports import Port
from .precision import Precision, providers_in
from .presets import BACKGROUND
from .profiles import Profile
from .task_table import task_entries

CHUNK = 4 * 1024 * 1024
TYPES = {torch.float32: "float32", torch.int32: "int32"}
TOKENIZER, ANSWERS, PROBE = "tokenizer.json", "answers.json", "probe.json"
# The probe's few samples scatter more than whole outputs, which the exporter holds to the tolerance itself.
PROBE_MARGIN = 2


def graph_file(role: str, precision: Precision) -> str:
    return f"{role}.{precision.id}.onnx"


def chunk_hashes(path: Path) -> list[str]:
    """SHA-256 of every 4 MiB; an empty file has one hash."""
    with path.open("rb") as file:
        hashes = [hashlib.sha256(chunk).hexdigest() for chunk in iter(lambda: file.read(CHUNK), b"")]
    return hashes or [hashlib.sha256(b"").hexdigest()]


def _ports(graph: onnx.GraphProto, ports: list[Port]) -> list[dict[str, Any]]:
    """Names, types and shapes as the file itself declares them; a port that the file lacks is one it does not read."""
    declared = {v.name: v for v in (*graph.input, *graph.output)}
    out = []
    for port in ports:
        if port.name in declared:
            dims = declared[port.name].type.tensor_type.shape.dim
            shape = [port.axes.get(i) or d.dim_value or d.dim_param for i, d in enumerate(dims)]
            out.append({"name": port.name, "type": TYPES[port.dtype], "shape": shape})
    return out


def _graph(model: XDecoder, folder: Path, role: str, precision: Precision) -> dict[str, Any]:
    file = graph_file(role, precision)
    graph = onnx.load(str(folder / file), load_external_data=False).graph
    stored = (e.value for t in graph.initializer for e in t.external_data if e.key == "location")
    return {
        "file": file,
        "external": [{"path": path, "file": path} for path in dict.fromkeys(stored)],
        "inputs": _ports(graph, ROLES[role].inputs(model.config)),
        "outputs": _ports(graph, ROLES[role].outputs(model.config)),
    }


def make_manifest(
    model: XDecoder,
    folder: Path,
    profile: Profile,
    source: dict[str, str],
    roles: list[str],
    precisions: list[Precision],
    presets: list[dict[str, str]],
    query_bank: dict[str, Any] | None = None,
) -> dict[str, Any]:
    c = model.config
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    manifest: dict[str, Any] = {
        "schema": 1,
        "name": profile.name,
        "title": profile.title,
        "license": profile.license,
        "source": {**source, "trainingData": profile.training_data},
        "generatedBy": f"xdecoder {__version__}",
        "model": {
            "dim": c.dim,
            "maskDim": c.mask_dim,
            "heads": c.heads,
            "layers": c.layers,
            "queries": c.queries,
            "logitScale": float(model.logit_scale.detach().exp()),
            "textHeads": c.text.heads,
            "textLayers": c.text.layers,
            "textDim": c.text.width,
            "vocabulary": c.text.vocabulary,
        },
        "preprocess": {
            "mean": c.preprocess.mean,
            "std": c.preprocess.std,
            "padMultiple": c.preprocess.pad_multiple,
            "resample": profile.resample,
            "maskResize": model.mask_resize,
        },
        "sizes": profile.sizes,
        "files": [
            {"path": p.relative_to(folder).as_posix(), "bytes": p.stat().st_size, "sha256": chunk_hashes(p)}
            for p in files
        ],
        "variants": [
            {
                "id": p.id,
                "precision": p.id,
                "providers": providers_in(p, precisions),
                "requires": list(p.requires),
                **({} if p.tolerance.mean is None else {"meanTolerance": PROBE_MARGIN * p.tolerance.mean}),
                "graphs": {role: _graph(model, folder, role, p) for role in roles},
            }
            for p in precisions
        ],
        "tokenizer": {
            "file": TOKENIZER,
            "contextLength": c.text.context,
            "startToken": c.text.start_token,
            "endToken": c.text.end_token,
        },
        "text": {"templates": profile.templates, "background": BACKGROUND},
        "presets": presets,
        "defaultPreset": _default(profile, [p["id"] for p in presets]),
        "tasks": task_entries(c, profile, roles),
        "probe": PROBE,
    }
    if (folder / ANSWERS).exists():
        manifest["answers"] = ANSWERS
    return manifest | ({} if query_bank is None else {"queryBank": query_bank})


def _default(profile: Profile, presets: list[str]) -> str:
    """The profile's own list where it was exported, else the first."""
    return profile.default_preset if profile.default_preset in presets else next(iter(presets), "")


def write_index(models: Path) -> None:
    """models/index.json: the packs that the app offers, the one named `default` first."""
    packs = []
    for path in sorted(models.glob("*/manifest.json"), key=lambda p: (p.parent.name != "default", p.parent.name)):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        packs.append(
            {
                # Two checkpoints of one model make packs of one name: their folders tell them apart.
                "name": path.parent.name,
                "title": manifest["title"],
                "manifest": f"{path.parent.name}/manifest.json",
                "bytes": sum(f["bytes"] for f in manifest["files"]),
            }
        )
    index = {"packs": packs, "default": packs[0]["name"] if packs else None}
    (models / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
