"""A pack's self-check in native onnxruntime, as the browser engine makes it at start; prints JSON.

    python -m xdecoder.run.probe --pack ../public/models/default --variant int8
"""

import argparse
import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..preprocess import normalise_pixels
from ..runtime.pack_runtime import PackRuntime


def outputs(runtime: PackRuntime, probe: dict[str, Any]) -> dict[str, Tensor]:
    """Every output that the exporter stored numbers of, by its name in the probe."""
    shape = (probe["height"], probe["width"], 3)
    image = np.frombuffer(base64.b64decode(probe["pixels"]), np.uint8).reshape(shape).copy()
    features = runtime.image(normalise_pixels(image, runtime.info.preprocess))
    base = runtime.base(features)
    tokens = runtime.text(torch.tensor(probe["inputIds"]))
    made = {
        "image.mask_features": features.memory.mask_features,
        "base.masks": base.masks,
        "base.embeddings": base.embeddings,
        "text.tokens": tokens,
    }
    if features.image_embedding is not None:
        made["image.image_embedding"] = features.image_embedding
    if base.image_query is not None:
        made["base.image_query"] = base.image_query
    if "ground" in runtime.info.roles:
        ground = runtime.ground(features, tokens[0])
        made |= {"ground.masks": ground.masks, "ground.embeddings": ground.embeddings}
    return made


@torch.inference_mode()
def check(folder: Path, variant: str | None = None) -> list[dict[str, Any]]:
    """Of each stored output the largest |a - b| / (1 + |b|) and the mean error over the mean magnitude."""
    runtime = PackRuntime(folder, variant=variant)
    probe = runtime.pack.json(runtime.pack.manifest["probe"])
    made, rows = outputs(runtime, probe), []
    for expected in probe["expect"]:
        ours = made[expected["output"]].flatten()[expected["indices"]].double()
        theirs = torch.tensor(expected["values"], dtype=torch.float64)
        off = (ours - theirs).abs()
        largest, mean = float((off / (1 + theirs.abs())).max()), float(off.sum() / theirs.abs().sum().clamp(min=1e-9))
        rows.append({"output": expected["output"], "largest": largest, "mean": mean})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, required=True, metavar="DIR")
    parser.add_argument("--variant")
    args = parser.parse_args()
    print(json.dumps(check(args.pack, args.variant)))


if __name__ == "__main__":
    main()
