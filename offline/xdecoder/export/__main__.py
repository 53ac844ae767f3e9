"""Exports a checkpoint to a pack for the browser.

    python -m xdecoder.export --checkpoint runs/default.pt --out ../public/models/default
    python -m xdecoder.export --config tiny --out ../e2e/fixtures/packs/tiny      (generated weights, for tests)
"""

import argparse
import hashlib
import sys
from pathlib import Path

import torch

from ..model.xdecoder import XDecoder
from ..train.checkpoints import CONFIGS, load_model
from .onnx_export import ExportError
from .pack import PackOptions, write_index, write_pack

TITLES = {"default": "X-Decoder small", "tiny": "Tiny test pack, generated weights"}
LICENSES = {
    "default": "Research, non-commercial: trained on photos with that condition (see MODEL_CARD.md)",
    "tiny": "CC0: generated numbers",
}
TRAINING_DATA = {
    "default": "ADE20K (1,558 photos), pseudo-labels on Flickr8k, DAQUAR, Caltech-101 and ImageNet samples",
    "tiny": "none",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--checkpoint", type=Path)
    source.add_argument("--config", choices=sorted(CONFIGS), help="generated weights, for tests")
    parser.add_argument("--tokenizer", type=Path, default=Path("runs/data/tokenizer.json"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--precision", choices=("fp32", "fp16-storage"), default="fp16-storage")
    parser.add_argument("--short-side", type=int, default=384)
    parser.add_argument("--max-long-side", type=int, default=640)
    parser.add_argument("--object-mask", type=float, default=0.8, help="panoptic: least class score of a kept query")
    parser.add_argument("--min-score", type=float, default=0.5, help="referring: least score of a match")
    args = parser.parse_args()
    try:
        if args.checkpoint:
            model, origin = load_model(args.checkpoint), args.checkpoint.name
            digest = hashlib.sha256(args.checkpoint.read_bytes()).hexdigest()
        else:
            torch.manual_seed(0)
            model, origin, digest = XDecoder(CONFIGS[args.config]).eval(), "generated", ""
        name = model.config.name
        options = PackOptions(
            name=name,
            title=TITLES.get(name, name),
            license=LICENSES.get(name, "as the checkpoint's"),
            training_data=TRAINING_DATA.get(name, "as the checkpoint's"),
            checkpoint=origin,
            checkpoint_sha256=digest,
            precision=args.precision,
            short_side=args.short_side,
            max_long_side=args.max_long_side,
            object_mask=args.object_mask,
            min_score=args.min_score,
        )
        graphs = write_pack(model, args.tokenizer, args.out, options)
    except (ExportError, OSError, ValueError, RuntimeError) as error:
        print(f"export: {error}", file=sys.stderr)
        return 1
    if args.out.parent.name == "models":
        write_index(args.out.parent)
    print(f"{'graph':<10}{'nodes':>8}{'KB':>8}{'max error':>12}{'ms':>8}")
    for g in graphs:
        print(f"{g.role:<10}{g.nodes:>8}{g.bytes / 1024:>8.0f}{g.max_error:>12.1e}{g.milliseconds:>8.0f}")
    total = sum(f.stat().st_size for f in args.out.rglob("*") if f.is_file())
    print(f"{args.out}: {total / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
