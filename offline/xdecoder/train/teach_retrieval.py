"""Fits the small teacher of retrieval to photos with captions and to things with names (`bag_of_words.py`), and
says what it finds among photos kept apart.

    python -m xdecoder.train.teach_retrieval --checkpoint runs/default.pt --data runs/data
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from .. import command
from ..data.shards import Shards
from ..data.spoken import OBJECTS, object_captions
from ..data.words import tidy
from ..evaluate.recall import recall
from ..model.config import DEFAULT
from .bag_of_words import FILE, BagOfWords, Lesson, contrast
from .build import before_training
from .seen import Eyes, key
from .text import Ids, embed_all

# Photos nobody captioned, which the teacher has a place for all the same.
OTHERS = ("ade20k",)
WORDS_LR, PICTURE_LR, WEIGHT_DECAY = 3e-3, 1e-3, 0.1
WORDS_DROPPED = 0.2
PHOTOS, NAMED = 512, 96


def fit(
    teacher: BagOfWords,
    ids: Ids,
    photos: Tensor,
    captions: list[list[str]],
    named: Tensor,
    names: list[str],
    steps: int,
) -> None:
    """Trains in place: captions of each of photos (N, C), and names of the things that each of named (M, C) shows."""
    rng = np.random.default_rng(1)
    sentences = [ids(texts) for texts in captions]
    classes = {n: len(photos) + i for i, n in enumerate(dict.fromkeys(names))}
    groups = [
        {"params": [teacher.words], "lr": WORDS_LR, "peak": WORDS_LR},
        {"params": teacher.picture.parameters(), "lr": PICTURE_LR, "peak": PICTURE_LR},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY)
    teacher.train()
    for step in tqdm(range(steps), desc="bag of words"):
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * 0.5 * (1 + np.cos(np.pi * step / steps))
        rows = rng.permutation(len(photos))[:PHOTOS].tolist()
        drawn = [sentences[r][int(rng.integers(len(sentences[r])))] for r in rows]
        things = rng.permutation(len(named))[:NAMED].tolist()
        drawn += list(ids([object_captions(names[t], rng, 1)[0] for t in things]))
        features = torch.cat([photos[rows], named[things]])
        of = torch.tensor(rows + [classes[names[t]] for t in things])
        padded = nn.utils.rnn.pad_sequence(drawn, batch_first=True, padding_value=ids.config.end_token)
        loss = contrast(teacher.pictures(features), teacher.sentences(padded, WORDS_DROPPED), of)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    teacher.eval()


def align(teacher: BagOfWords, ids: Ids, texts: list[str], embeddings: Tensor) -> None:
    """Turns the teacher's space to lie nearest (Procrustes) the embeddings (N, d) that a model has for these texts."""
    with torch.no_grad():
        u, _, v = torch.linalg.svd(teacher.sentences(ids(texts)).T @ embeddings)
    teacher.turn(u @ v)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../../shared"))
    parser.add_argument("--checkpoint", type=Path, help="whose backbone and text encoder it teaches; else ImageNet's")
    parser.add_argument("--text", type=Path, help="text encoder where there is no checkpoint")
    parser.add_argument(
        "--data", type=Path, default=Path("runs/data"), help="folder of the tokenizer, and of the result"
    )
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    folder = args.shared / "data"
    model = before_training(args.checkpoint, args.text)
    ids = Ids.read(args.data / "tokenizer.json", DEFAULT.text)
    told = Shards(folder, "flickr8k", "train")
    objects, others = ([Shards(folder, name, "train") for name in names] for names in (OBJECTS, OTHERS))
    eyes = Eyes(model)

    def seen(shards: Shards) -> Tensor:
        return eyes(shards, [r["file"] for r in shards.records])

    photos, named = seen(told), torch.cat([seen(s) for s in objects])
    unnamed = torch.cat([seen(s) for s in others])
    captions = [[tidy(c) for c in r["captions"]] for r in told.records]
    names = [r["class"] for s in objects for r in s.records]
    teacher = BagOfWords(DEFAULT.text, photos.shape[1], DEFAULT.dim)
    teacher.measure(photos)
    fit(teacher, ids, photos, captions, named, names, args.steps)
    texts = [c[0] for c in captions]
    align(teacher, ids, texts, embed_all(model.text_encoder, texts, ids))
    keys = [key(s, r["file"]) for s in (told, *objects, *others) for r in s.records]
    with torch.no_grad():
        aims = teacher.pictures(torch.cat([photos, named, unnamed]))
    Lesson(teacher, {k: i for i, k in enumerate(keys)}, aims, list(dict.fromkeys(names))).save(args.data / FILE)
    apart = Shards(folder, "flickr8k", "val")
    with torch.no_grad():
        said = [teacher.sentences(ids([tidy(c) for c in r["captions"]])) for r in apart.records]
        found = recall(torch.cat(said) @ teacher.pictures(seen(apart)).T, len(said[0]))
    print(f"wrote {args.data / FILE}; on photos kept apart: " + ", ".join(f"{k} {v:.1f}" for k, v in found.items()))


if __name__ == "__main__":
    command.run(main)
