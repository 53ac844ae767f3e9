"""A contact sheet to look at: each photo, its regions by name, its caption and answers.

    python -m xdecoder.evaluate.sheet --pack ../public/models/default --photos ../public/samples --out sheet.jpg
"""

import argparse
import itertools
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from scipy import ndimage
from tqdm import tqdm

from .. import command
from ..data.names import THINGS, VOCABULARIES
from ..data.shards import Shards
from ..tasks.opened import Opened
from ..tasks.question import best_answers
from .subject import Subject

SIDE, TILE, TEXT = 300, (620, 320), 16
QUESTIONS = ("is there a person?", "how many people are there?", "what color is the largest thing?")
NAMES = list(dict.fromkeys([*VOCABULARIES["ade150"], *VOCABULARIES["pseudo"]]))


def photos(source: str, shared: Path, count: int) -> Iterator[Image.Image]:
    """Photos of a folder, or evenly spread ones of a set's val split."""
    folder = Path(source)
    if folder.is_dir():
        for path in sorted(p for p in folder.iterdir() if p.suffix.lower() in (".jpg", ".png", ".webp"))[:count]:
            yield Image.open(path).convert("RGB")
        return
    if not (shared / "data" / f"{source}-val.jsonl").is_file():
        raise FileNotFoundError(f"{source} is no folder of photos, and no set in {shared / 'data'}")
    shards = Shards(shared / "data", source, "val")
    files = list(dict.fromkeys(r["file"] for r in shards.records))
    for file in files[:: max(1, len(files) // count)][:count]:
        yield shards.photo(file)


def regions(subject: Subject, photo: Image.Image, opened: Opened, table: torch.Tensor) -> Image.Image:
    """The photo under its regions, each with name and score."""
    found = subject.panoptic(opened, table, [n in THINGS for n in NAMES])
    ids, pixels = found.ids.numpy(), np.asarray(photo).astype(float)
    colours = np.random.default_rng(1).integers(40, 255, (256, 3))
    for segment in found.segments:
        inside = ids == segment.id
        pixels[inside] = 0.45 * pixels[inside] + 0.55 * colours[segment.id % 256]
    drawn = Image.fromarray(pixels.astype(np.uint8))
    pen = ImageDraw.Draw(drawn)
    for segment in found.segments:
        parts, _ = ndimage.label(ids == segment.id)
        largest = np.bincount(parts.ravel())[1:].argmax() + 1
        y, x = np.argwhere(parts == largest).mean(0)
        text = f"{NAMES[segment.label]} {segment.score:.2f}"
        pen.text((x, y), text, fill="white", stroke_fill="black", stroke_width=2, anchor="mm", font_size=13)
    return drawn


def sentences(subject: Subject, photo: Image.Image, opened: Opened) -> list[str]:
    """Its caption, and the best answer to each question, where the model has such."""
    lines = []
    if subject.has("caption"):
        lines += textwrap.wrap(subject.caption(subject.also(opened, photo, "caption")), 84)
    if subject.has("vqa"):
        asked = subject.also(opened, photo, "vqa")
        for question in QUESTIONS:
            logits = subject.answer_logits(asked, lambda: opened, question)
            best = best_answers(logits, subject.answers, 1)[0]
            lines.append(f"{question} {best.answer} ({best.score:.2f})")
    return lines


@torch.inference_mode()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    Subject.add_options(parser)
    parser.add_argument("--shared", type=Path, default=Path("../../shared"))
    parser.add_argument("--photos", nargs="+", default=["../public/samples"], help="folders, or sets such as flickr8k")
    parser.add_argument("--count", type=int, default=12, help="at most, of each")
    parser.add_argument("--out", type=Path, default=Path("sheet.jpg"))
    args = parser.parse_args()
    subject = Subject.of_options(args)
    table, tiles = subject.table(NAMES), []
    sources = itertools.chain(*(photos(source, args.shared, args.count) for source in args.photos))
    for photo in tqdm(sources, unit="photo"):
        photo.thumbnail((2 * SIDE, 2 * SIDE))
        tile, opened = Image.new("RGB", TILE, "white"), subject.look(photo)
        for i, shown in enumerate((photo, regions(subject, photo, opened, table))):
            shown = shown.copy()
            shown.thumbnail((SIDE, TILE[1] - 5 * TEXT))
            tile.paste(shown, (6 + i * (SIDE + 6), 4))
        text = "\n".join(sentences(subject, photo, opened))
        ImageDraw.Draw(tile).text((8, TILE[1] - 5 * TEXT + 8), text, fill="black", font_size=12)
        tiles.append(tile)
    sheet = Image.new("RGB", (2 * TILE[0], -(-len(tiles) // 2) * TILE[1]), "white")
    for i, tile in enumerate(tiles):
        sheet.paste(tile, (TILE[0] * (i % 2), TILE[1] * (i // 2)))
    sheet.save(args.out, quality=85)


if __name__ == "__main__":
    command.run(main)
