"""Says what a checkpoint file is: `python -m xdecoder.checkpoints FILE…`."""

import argparse
import sys
from pathlib import Path

from .errors import CheckpointError
from .load import load_checkpoint


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m xdecoder.checkpoints", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    failed = False
    for path in parser.parse_args(arguments).files:
        try:
            loaded = load_checkpoint(path)
        except CheckpointError as error:
            print(f"error: {error}", file=sys.stderr)
            failed = True
            continue
        config = loaded.config
        count = sum(p.numel() for p in loaded.model.parameters()) / 1e6
        print(f"{path}: {config.name}, {config.queries} queries, {count:.2f} M parameters")
        if loaded.ignored:
            print(f"  ignored: {', '.join(loaded.ignored)}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
