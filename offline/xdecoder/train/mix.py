"""Weights between two checkpoints of one model: a training and what it started from, each better at something.

    python -m xdecoder.train.mix runs/shipped.pt runs/long.pt --share 0.6 --out runs/mixed.pt
    python -m xdecoder.train.mix imagenet runs/sixth.pt --share 0.6 --out runs/recalled.pt   # its backbone alone
    python -m xdecoder.train.mix last runs/eighth.pt --out runs/even.pt   # its average with the weights it ended at

Fine-tuned weights and those they came from lie in one basin, so that the straight line between them holds good models
too (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022).
"""

import argparse
from dataclasses import replace
from pathlib import Path

from .. import command
from ..checkpoints.errors import CheckpointError
from .build import IMAGENET, pretrained_backbone
from .checkpoints import Checkpoint


def mix(first: Checkpoint, second: Checkpoint, share: float) -> Checkpoint:
    """Averaged weights (1 - share) x first + share x second, without raw weights and optimiser.

    Raises CheckpointError where the checkpoints are not of one model.
    """
    if first.config != second.config or first.model.keys() != second.model.keys():
        raise CheckpointError(f"a '{first.config}' and a '{second.config}' with other weights can not be mixed")
    model = {
        k: v.float().lerp(second.model[k].float(), share).to(v.dtype) if v.is_floating_point() else second.model[k]
        for k, v in first.model.items()
    }
    return Checkpoint(second.config, model, photos=second.photos, seconds=second.seconds)


def untrained(checkpoint: Checkpoint) -> Checkpoint:
    """The same with the backbone that ImageNet taught."""
    backbone = {f"backbone.{k}": v for k, v in pretrained_backbone().items()}
    return replace(checkpoint, model=checkpoint.model | backbone)


def unaveraged(checkpoint: Checkpoint) -> Checkpoint:
    """The same with the weights that a training ended at, in place of their average over its last steps."""
    if not checkpoint.raw:
        raise CheckpointError("this checkpoint is of no training: it has averaged weights alone")
    return replace(checkpoint, model=checkpoint.raw)


# What may stand for the first checkpoint.
ALIKE = {IMAGENET: untrained, "last": unaveraged}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", help=f"a checkpoint, or {' or '.join(ALIKE)} of the second")
    parser.add_argument("second", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the second, 0..1")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    if not 0 <= args.share <= 1:
        parser.error(f"--share lies between 0 and 1, not at {args.share:g}")
    second = Checkpoint.load(args.second)
    first = ALIKE[args.first](second) if args.first in ALIKE else Checkpoint.load(Path(args.first))
    mix(first, second, args.share).save(args.out)


if __name__ == "__main__":
    command.run(main)
