"""Writes a checkpoint with generated weights: `python -m xdecoder.parity.generate --variant focalt --out FILE`."""

import argparse
import os
import sys
from pathlib import Path

import torch

from .. import command
from ..model.config import DAVIT_D3, DAVIT_D5
from .weights import TABLES, state_dict, state_dict_of

# No checkpoint of these is published, so their names come from the model itself.
CONFIGS = {"davitd3": DAVIT_D3, "davitd5": DAVIT_D5}
PRECISIONS = {"fp32": torch.float32, "fp16": torch.float16}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m xdecoder.parity.generate", description=__doc__)
    parser.add_argument("--variant", choices=[*TABLES, *CONFIGS], required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--precision", choices=PRECISIONS, default="fp32")
    args = parser.parse_args(arguments)
    state = state_dict(args.variant) if args.variant in TABLES else state_dict_of(CONFIGS[args.variant])
    dtype = PRECISIONS[args.precision]
    part = args.out.with_name(args.out.name + ".part")
    try:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        torch.save({k: v.to(dtype) for k, v in state.items()}, part)
        os.replace(part, args.out)
    except (OSError, RuntimeError) as error:
        part.unlink(missing_ok=True)
        print(f"error: {args.out} can't be written: {error}", file=sys.stderr)
        return 2
    count = sum(v.numel() for v in state.values())
    print(f"wrote {args.out}: {args.variant}, {len(state)} tensors, {count:,} elements, {args.precision}")
    return 0


if __name__ == "__main__":
    command.run(main)
