"""Writes a whole pack, or nothing: everything goes to a folder beside the target, which takes its place at the end."""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import onnx
import torch
from tokenizers import Tokenizer

from ..model.xdecoder import XDecoder
from ..runtime.text import TextCodec
from ..tasks.retrieval import QueryBank
from ..vocabulary import answers_of
from .check import Checked, check_graph
from .examples import CHECKED, Examples
from .graphs import ROLES
from .manifest import ANSWERS, PROBE, TOKENIZER, graph_file, make_manifest
from .onnx_export import ExportError, browser_graph
from .operators import refused
from .precision import PRECISIONS, Precision, variant
from .presets import PRESETS, write_presets
from .probe import make_probe
from .profiles import Profile
from .query_bank import write_query_bank
from .task_table import needed_roles
from .weights import WeightPool


@dataclass(frozen=True)
class PackRequest:
    """What to write. `source`: where the weights come from, for the manifest. Empty `presets`: none are computed."""

    profile: Profile
    tokenizer: Tokenizer
    source: dict[str, str]
    precisions: Sequence[str] = ("fp16-storage",)
    presets: Sequence[str] = tuple(PRESETS)
    query_bank: QueryBank | None = None


def round_weights(model: XDecoder) -> None:
    """Rounds every weight to float16 in place: half storage is then exact, and the strict check still holds.

    The logit scale is in no graph and stays as it is; a value beyond float16 stays too.
    """
    with torch.no_grad():
        for name, p in model.named_parameters():
            if name != "logit_scale":
                half = p.half().float()
                p.copy_(torch.where(half.isfinite(), half, p))


def write_pack(model: XDecoder, target: Path, request: PackRequest) -> list[Checked]:
    """Exports, checks and writes; raises ExportError and leaves `target` untouched where a graph is wrong.

    The model's weights are rounded on the way, unless fp32 is the only precision.
    """
    target = target.resolve()
    refuse_foreign(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    precisions = [PRECISIONS[p] for p in PRECISIONS if p in request.precisions]
    config = model.config
    roles = needed_roles(config, request.profile)
    text = config.text
    codec = TextCodec(request.tokenizer, text.context, text.start_token, text.end_token)
    if (size := request.tokenizer.get_vocab_size()) != text.vocabulary:
        raise ExportError(f"the tokenizer has {size} ids and the model {text.vocabulary}: it belongs to another model")
    with _replacing(target) as folder, tempfile.TemporaryDirectory() as work:
        checked = _write_graphs(model, folder, Path(work), roles, precisions)
        request.tokenizer.save(str(folder / TOKENIZER), pretty=False)
        presets = write_presets(model, codec, request.profile.templates, request.presets, folder)
        if "vqa" in roles:
            answers = answers_of(config.answers)
            rows = [answers.get(i, "") for i in range(config.answers)]
            (folder / ANSWERS).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        (folder / PROBE).write_text(json.dumps(make_probe(model, codec, request.profile.probe_side)), encoding="utf-8")
        bank = write_query_bank(request.query_bank, config.dim, folder)
        manifest = make_manifest(model, folder, request.profile, request.source, roles, precisions, presets, bank)
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")
    return checked


def refuse_foreign(target: Path) -> None:
    """A pack takes its folder's place whole, so nothing but a pack or an empty folder may be there."""
    if not target.exists():
        return
    if not target.is_dir():
        raise ExportError(f"{target} is a file; --out names the folder of the pack")
    manifest = target / "manifest.json"
    if any(target.iterdir()) and not (manifest.is_file() and '"variants"' in manifest.read_text("utf-8", "replace")):
        raise ExportError(f"{target} holds other files and would be replaced: name a new folder with --out")


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A folder that becomes `target` if all goes well and vanishes if not. People's notes (*.md) are carried over."""
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    old = folder.with_name(f"{folder.name}.old")
    try:
        yield folder
        folder.chmod(0o755)
        if target.exists():
            for note in target.glob("*.md"):
                shutil.copy2(note, folder / note.name)
            target.rename(old)
        folder.rename(target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def say(text: str, start: float | None = None) -> None:
    """A line of progress on stderr."""
    spent = "" if start is None else f"  {time.perf_counter() - start:.0f} s"
    print(f"  {text}{spent}", file=sys.stderr, flush=True)


def _write_graphs(
    model: XDecoder, folder: Path, work: Path, roles: list[str], precisions: list[Precision]
) -> list[Checked]:
    """Exact fp32 first, then everything that is made from rounded weights."""
    checked: list[Checked] = []
    for rounded in (False, True):
        group = [p for p in precisions if p.rounded == rounded]
        if not group:
            continue
        if rounded:
            round_weights(model)
        checked += _write_group(model, folder, work, roles, group)
    return checked


def _write_group(
    model: XDecoder, folder: Path, work: Path, roles: list[str], precisions: list[Precision]
) -> list[Checked]:
    examples = [Examples(model, size) for size in CHECKED]
    pools: dict[str, WeightPool] = {}
    graphs = []
    for role in roles:
        start = time.perf_counter()
        graph = browser_graph(model, role, examples[0].inputs[role], work)
        for precision in precisions:
            made = variant(graph, precision, ROLES[role].opset, work)
            if bad := refused(made.graph, precision.allowed):
                raise ExportError(
                    f"graph '{role}' in {precision.id} has operators that browsers run badly: {', '.join(bad)}"
                )
            pools.setdefault(precision.pool, WeightPool()).take(made, role, half=precision.half)
            graphs.append((role, precision, made))
        say(f"{role}: exported", start)
    for prefix, pool in pools.items():
        pool.write(folder, prefix)
    for role, precision, graph in graphs:
        pools[precision.pool].refer(graph)
        onnx.save(graph, str(folder / graph_file(role, precision)))
    checked = []
    for role, precision, _ in graphs:
        path = folder / graph_file(role, precision)
        result = check_graph(model, role, precision.id, path, examples, precision.tolerance)
        turned = f", {result.ties} rounding ties" if result.ties else ""
        say(f"{role} {precision.id}: error {result.max_error:.1e}{turned}")
        checked.append(result)
    return checked
