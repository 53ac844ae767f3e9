"""Writes a whole pack, or nothing: everything goes to a folder beside the target, which is renamed at the end."""

import hashlib
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import torch

from .. import __version__
from ..model.xdecoder import XDecoder
from ..train.text import Ids
from .graphs import ROLES, Port
from .onnx_export import ExportedGraph, check_graph, export_graph
from .presets import BACKGROUND, write_presets
from .probe import make_probe
from .weights import SharedWeights, load, simplify

CHUNK = 4 * 1024 * 1024
TOLERANCE = 2e-4
PROBE_TEXTS = ("the car on the left", "a dog", "background")
TYPES = {torch.float32: "float32", torch.int32: "int32"}


@dataclass(frozen=True)
class PackOptions:
    name: str
    title: str
    license: str
    training_data: str
    checkpoint: str
    checkpoint_sha256: str
    precision: str = "fp16-storage"
    templates: tuple[str, ...] = ("{}",)
    short_side: int = 384
    max_long_side: int = 640
    resample: str = "bilinear"
    object_mask: float = 0.8
    overlap: float = 0.8
    min_score: float = 0.5
    default_preset: str = "ade150"


# What the packs written so far cannot do yet, in words for people.
UNAVAILABLE: dict[str, str] = {}


def round_weights(model: XDecoder) -> XDecoder:
    """Rounds every weight to float16 in place, so that half storage is exact and the strict check still holds.

    The logit scale is not in any graph and stays as it is.
    """
    with torch.no_grad():
        for name, p in model.named_parameters():
            if name != "logit_scale":
                p.copy_(p.half().float())
    return model


def write_pack(model: XDecoder, tokenizer: Path, target: Path, options: PackOptions) -> list[ExportedGraph]:
    """Exports, checks and writes; raises ExportError and leaves `target` untouched where a graph is wrong."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = options.precision == "fp16-storage"
    if half:
        round_weights(model)
    ids = Ids(tokenizer, model.config.text)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        graphs = _write_graphs(model, folder, half)
        shutil.copyfile(tokenizer, folder / "tokenizer.json")
        _say("presets")
        presets = write_presets(model, ids, list(options.templates), folder)
        probe_ids = ids(list(PROBE_TEXTS)).tolist()
        (folder / "probe.json").write_text(json.dumps(make_probe(model, probe_ids)), encoding="utf-8")
        manifest = _manifest(model, folder, options, presets)
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")
        folder.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        folder.rename(target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return graphs


def _say(text: str) -> None:
    print(f"  {text} …", file=sys.stderr, flush=True)


def _write_graphs(model: XDecoder, folder: Path, half: bool) -> list[ExportedGraph]:
    weights = SharedWeights(half)
    done: list[ExportedGraph] = []
    with tempfile.TemporaryDirectory() as work:
        for role in ROLES:
            _say(f"graph {role}: export")
            raw, small = Path(work, f"{role}.raw.onnx"), Path(work, f"{role}.onnx")
            export_graph(model, role, raw)
            simplify(raw, small)
            proto = load(small)
            weights.move_out(proto, "weights.bin")
            onnx.save(proto, str(folder / f"{role}.onnx"))
    (folder / "weights.bin").write_bytes(bytes(weights.data))
    for role in ROLES:
        _say(f"graph {role}: check against PyTorch")
        done.append(check_graph(model, role, folder / f"{role}.onnx", TOLERANCE))
    return done


def _ports(model_path: Path, ports: list[Port]) -> list[dict[str, Any]]:
    """Names, types and shapes as the file itself declares them; a port that the file lacks was folded away."""
    graph = onnx.load(str(model_path), load_external_data=False).graph
    declared = {v.name: v for v in (*graph.input, *graph.output)}
    out = []
    for port in ports:
        if port.name not in declared:
            continue
        dims = declared[port.name].type.tensor_type.shape.dim
        shape = [port.axes.get(i) or d.dim_value or d.dim_param for i, d in enumerate(dims)]
        out.append({"name": port.name, "type": TYPES[port.dtype], "shape": shape})
    return out


def _files(folder: Path) -> list[dict[str, Any]]:
    entries = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json"):
        data = path.read_bytes()
        hashes = [hashlib.sha256(data[i : i + CHUNK]).hexdigest() for i in range(0, max(len(data), 1), CHUNK)]
        entries.append({"path": path.relative_to(folder).as_posix(), "bytes": len(data), "sha256": hashes})
    return entries


def _manifest(model: XDecoder, folder: Path, o: PackOptions, presets: list[dict[str, str]]) -> dict[str, Any]:
    c = model.config
    graphs = {
        role.name: {
            "file": f"{role.name}.onnx",
            "external": [{"path": "weights.bin", "file": "weights.bin"}],
            "inputs": _ports(folder / f"{role.name}.onnx", role.inputs(c)),
            "outputs": _ports(folder / f"{role.name}.onnx", role.outputs(c)),
        }
        for role in ROLES.values()
    }
    segmentation = {"available": True, "size": "segmentation"}
    return {
        "schema": 1,
        "name": o.name,
        "title": o.title,
        "license": o.license,
        "source": {"checkpoint": o.checkpoint, "sha256": o.checkpoint_sha256, "trainingData": o.training_data},
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
            "resample": o.resample,
            "maskResize": model.mask_resize,
        },
        "sizes": {"segmentation": {"shortSide": o.short_side, "maxLongSide": o.max_long_side}},
        "files": _files(folder),
        "variants": [
            {
                "id": o.precision,
                "precision": o.precision,
                "providers": ["webgpu", "wasm"],
                "requires": [],
                "graphs": graphs,
            }
        ],
        "tokenizer": {
            "file": "tokenizer.json",
            "contextLength": c.text.context,
            "startToken": c.text.start_token,
            "endToken": c.text.end_token,
        },
        "text": {"templates": o.templates, "background": BACKGROUND},
        "presets": presets,
        "defaultPreset": o.default_preset,
        "tasks": {
            "semantic": {**segmentation, "graphs": ["image", "base"], "options": {}},
            "panoptic": {
                **segmentation,
                "graphs": ["image", "base"],
                "options": {"objectMask": o.object_mask, "overlap": o.overlap},
            },
            "referring": {
                **segmentation,
                "graphs": ["image", "text", "ground"],
                "options": {"minScore": o.min_score},
            },
            **{task: {"available": False, "reason": reason} for task, reason in UNAVAILABLE.items()},
        },
        "probe": "probe.json",
    }


def write_index(models: Path) -> None:
    """models/index.json: the packs that the app offers, the one named `default` first."""
    packs = []
    for path in sorted(models.glob("*/manifest.json"), key=lambda p: (p.parent.name != "default", p.parent.name)):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        packs.append(
            {
                "name": manifest["name"],
                "title": manifest["title"],
                "manifest": f"{path.parent.name}/manifest.json",
                "bytes": sum(f["bytes"] for f in manifest["files"]),
            }
        )
    index = {"packs": packs, "default": packs[0]["name"] if packs else None}
    (models / "index.json").write_text(json.dumps(index, indent=1), encoding="utf-8")
