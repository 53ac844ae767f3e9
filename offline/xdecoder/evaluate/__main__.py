"""Measures a checkpoint on photos kept apart: ADE20K (val and every 12th train id), Flickr8k and DAQUAR val.

    python -m xdecoder.evaluate --checkpoint runs/default.pt --shared ../../shared
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from ..data.names import ADE_COUNT_OF_TEACHER, VOCABULARIES
from ..data.phrases import describe
from ..data.regions import from_label_map
from ..data.shards import ade_records
from ..model.xdecoder import XDecoder
from ..train.checkpoints import load_model
from ..train.text import Ids, embed
from .referring import find
from .segmentation import Confusion, look, semantic
from .words import Words, answers, captions, retrieval


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--shared", type=Path, default=Path("../../shared"))
    parser.add_argument("--tokenizer", type=Path, default=Path("runs/data/tokenizer.json"))
    parser.add_argument("--short-side", type=int, default=384)
    parser.add_argument("--max-long-side", type=int, default=640)
    parser.add_argument("--every", type=int, default=1, help="measure every n-th photo only")
    parser.add_argument("--only", choices=("masks", "words"), help="a half of the figures; both by default")
    parser.add_argument("--limit", type=int, default=500, help="photos for captions, DAQUAR questions")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = load_model(args.checkpoint)
    if args.only != "words":
        masks(model, args)
    if args.only != "masks":
        words(model, args)


def words(model: XDecoder, args: argparse.Namespace) -> None:
    """Prints the figures of captions, retrieval and answers, and some captions to read."""
    reader, folder = Words.of(model, args.tokenizer), args.shared / "data"
    found, shown = captions(reader, folder, args.limit)
    found |= retrieval(reader, folder) | answers(reader, folder, args.limit)
    for name, value in found.items():
        print(f"{name:36} {value:.3f}" if value < 3 else f"{name:36} {value:.1f}")
    for file, text in shown[:12]:
        print(f"  {file}: {text}")


def masks(model: XDecoder, args: argparse.Namespace) -> None:
    """Prints the figures of semantic and referring segmentation."""
    ids = Ids(args.tokenizer, model.config.text)
    names = VOCABULARIES["ade150"]
    with torch.no_grad():
        table = embed(model.text_encoder, ids([*names, "background"]))
    _, held = ade_records(args.shared / "data")
    confusion, rng = Confusion(len(names)), np.random.default_rng(5)
    ious, absent, present = [], [], []
    for shards, record in tqdm(held[:: args.every], desc="ADE20K"):
        photo, labels = shards.photo(record["file"]), shards.label_map(record["labels"])
        confusion.add(labels, semantic(look(model, photo, table, args.short_side, args.max_long_side)))
        regions = from_label_map(labels)
        if not regions.names:
            continue
        phrase = describe(regions, np.asarray(photo), rng)
        mask, score = find(model, photo, ids([phrase.text]), table[-1], args.short_side, args.max_long_side)
        if not phrase.regions:
            absent.append(score)
            continue
        truth = regions.masks[list(phrase.regions)].any(0)
        known = ~regions.unknown
        ious.append((mask & truth & known).sum() / max(((mask | truth) & known).sum(), 1))
        present.append(score)
    iou = confusion.iou()
    first = confusion.iou()[:ADE_COUNT_OF_TEACHER]
    print(f"photos                              {len(held[:: args.every])}")
    print(f"mIoU, 150 classes (those that occur) {100 * np.nanmean(iou):.1f} %")
    print(f"mIoU, first {ADE_COUNT_OF_TEACHER} classes               {100 * np.nanmean(first):.1f} %")
    print(f"pixel accuracy                      {100 * confusion.pixel_accuracy():.1f} %")
    print(f"generated phrases, mean IoU         {100 * np.mean(ious):.1f} % over {len(ious)}")
    print(f"median score, phrase present        {np.median(present):.2f}; absent {np.median(absent):.2f}")


if __name__ == "__main__":
    main()
