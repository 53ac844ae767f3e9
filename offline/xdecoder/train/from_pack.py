"""The weights of a pack, back as a training checkpoint: a later training goes on from what was shipped.

    python -m xdecoder.train.from_pack --pack ../public/models/default --out runs/shipped.pt

Exported graphs have no parameter names. A stand-in model with a different number in every weight is exported the same
way, which shows where each parameter went, and the pack's graphs are read at the same places. The weights come back
rounded to float16, as they were shipped.
"""

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from .. import command
from ..export.examples import TRACED, Examples
from ..export.graphs import roles_of
from ..export.onnx_export import browser_graph
from ..model.config import XDecoderConfig
from ..model.xdecoder import XDecoder
from ..runtime.pack import Pack, open_pack
from .checkpoints import CONFIGS, Checkpoint

VARIANT = "fp16-storage"


def marked(model: XDecoder) -> None:
    """A different float in every weight, small enough that nothing overflows."""
    random = np.random.default_rng(3)
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.from_numpy(np.asarray(random.standard_normal(tuple(p.shape)) * 0.05 + 0.01, np.float32)))


def _pieces(name: str, value: np.ndarray) -> Iterator[tuple[slice | int, np.ndarray]]:
    """The parameter itself; of an attention's projection its query, key and value thirds; of level_embed its rows."""
    yield slice(None), value
    if ".in_proj_" in name:
        n = len(value) // 3
        for start, end in ((0, n), (n, 2 * n), (2 * n, 3 * n), (0, 2 * n), (n, 3 * n)):
            yield slice(start, end), value[start:end]
    if name.endswith("level_embed.weight"):
        yield from enumerate(value)


def _initialisers(graph: onnx.GraphProto) -> dict[str, np.ndarray]:
    """By name without the mark that half storage adds."""
    return {t.name.removesuffix("h"): numpy_helper.to_array(t) for t in graph.initializer}


def config_of(pack: Pack) -> XDecoderConfig:
    """The configuration of the pack's model; ValueError where it is not known, or the weights are not there."""
    graphs = pack.variant(VARIANT)["graphs"]
    name = str(pack.manifest["name"])
    if name not in CONFIGS:
        raise ValueError(f"{pack.folder}: no model configuration is called '{name}'; known: {', '.join(CONFIGS)}")
    # A pack may have been made before its configuration took visual prompts.
    return replace(CONFIGS[name], prompts=CONFIGS[name].prompts and "prompted" in graphs)


def recover(pack: Pack) -> tuple[dict[str, Tensor], list[str]]:
    """State dict of the pack's model, and the names of what no graph holds (kept as the stand-in has it)."""
    config, graphs = config_of(pack), pack.variant(VARIANT)["graphs"]
    stand_in = XDecoder(config).eval()
    marked(stand_in)
    places: dict[tuple[tuple[int, ...], bytes], list[tuple[str, slice | int, str]]] = defaultdict(list)
    for key, p in stand_in.state_dict().items():
        value = p.numpy()
        for part, piece in _pieces(key, value):
            forms = {"as it is": piece, "transposed": piece.T, "column": piece.reshape(-1, 1, 1), "batch": piece[None]}
            for form, array in forms.items():
                places[array.shape, np.ascontiguousarray(array).tobytes()].append((key, part, form))
    state = {k: v.clone() for k, v in stand_in.state_dict().items()}
    filled = {k: np.zeros(v.shape, bool) for k, v in state.items()}
    examples = Examples(stand_in, TRACED)
    with tempfile.TemporaryDirectory() as work:
        for role in roles_of(config):
            mine = _initialisers(browser_graph(stand_in, role, examples.inputs[role], Path(work)).graph)
            shipped = _initialisers(onnx.load(str(pack.folder / graphs[role]["file"])).graph)
            if mine.keys() != shipped.keys():
                raise ValueError(f"graph '{role}' was made by another exporter: check out the commit that made it")
            for tensor, array in mine.items():
                if array.shape != shipped[tensor].shape:
                    raise ValueError(f"graph '{role}': {tensor} has another shape than this exporter gives it")
                for key, part, form in places.get((array.shape, array.tobytes()), []):
                    value = shipped[tensor].astype(np.float32)
                    target = state[key].numpy()[part]
                    if form == "transposed":
                        value = value.T
                    state[key].numpy()[part] = value.reshape(target.shape)
                    filled[key][part] = True
            print(f"{role}: read", flush=True)
    with torch.no_grad():
        state["logit_scale"].fill_(float(np.log(pack.manifest["model"]["logitScale"])))
    lost = [k for k, f in filled.items() if not f.all() and k != "logit_scale"]
    return state, lost


def model_of(pack: Pack) -> XDecoder:
    """The pack's model with the weights that were shipped; ValueError where folding of constants hid some."""
    state, lost = recover(pack)
    if lost:
        raise ValueError(f"{pack.folder}: not to be read back from its graphs: {', '.join(lost)}")
    model = XDecoder(config_of(pack)).eval()
    model.load_state_dict(state)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, default=Path("../public/models/default"))
    parser.add_argument("--out", type=Path, default=Path("runs/shipped.pt"))
    args = parser.parse_args()
    pack = open_pack(args.pack)
    state, lost = recover(pack)
    print(f"of {len(state)} tensors, in no graph: {', '.join(lost) or 'none'}")
    Checkpoint(str(pack.manifest["name"]), state).save(args.out)
    print(f"wrote {args.out}")


if __name__ == "__main__":
    command.run(main)
