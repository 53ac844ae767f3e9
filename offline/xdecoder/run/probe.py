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

from ..runtime.pack_runtime import PackRuntime
from ..runtime.probed import outputs


@torch.inference_mode()
def check(folder: Path, variant: str | None = None) -> list[dict[str, Any]]:
    """Of each stored output the largest |a - b| / (1 + |b|) and the mean error over the mean magnitude."""
    runtime = PackRuntime(folder, variant=variant)
    probe = runtime.pack.json(runtime.pack.manifest["probe"])
    shape = (probe["height"], probe["width"], 3)
    image = np.frombuffer(base64.b64decode(probe["pixels"]), np.uint8).reshape(shape).copy()
    made, rows = outputs(runtime, image, torch.tensor(probe["inputIds"])), []
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
