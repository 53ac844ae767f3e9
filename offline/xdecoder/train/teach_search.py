"""Fits the two matrices by which photos are found; all other weights stay as they are.

    python -m xdecoder.train.teach_search --checkpoint runs/taught.pt --out runs/found.pt

One is of the pooled backbone, one of the image query, whose own it gets here where it shared the names'. Matrices
can't learn photos by heart: fitted at the end, to sentences as the text encoder has them then, they find more photos
that they never saw than while everything trained together. Several fits are averaged: the mean of matrices is one.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from .. import command
from ..data.shards import Shards
from ..data.words import tidy
from ..evaluate.recall import recall
from .bag_of_words import told_apart
from .finished import Finished
from .looked import looked, photos_of
from .text import embed_all

LR, WEIGHT_DECAY, PHOTOS, TEMPERATURE, DROPPED = 2e-3, 0.1, 1024, 0.05, 0.1
# How much each vector alone counts beside their mean, which is what photos are found by, and the mean's temperature:
# the mean of two unit vectors is shorter than they are, and so are its products.
ALONE, MEANS_TEMPERATURE = 0.3, 0.035


def fit(views: list[Tensor], sentences: Tensor, starts: list[Tensor], steps: int, seed: int) -> list[Tensor]:
    """Matrices (C, d) each, from `starts`, by whose vectors' mean photos are told apart among others, both ways.

    views[i] (2, N, C): a photo's two of a kind; sentences (N, 5, d), normalised.
    """
    rng = torch.Generator().manual_seed(seed)
    spreads = [v[0].std(0) + 1e-4 for v in views]
    seen = [v / spread for v, spread in zip(views, spreads, strict=True)]
    matrices = [(m * s[:, None]).clone().requires_grad_(True) for m, s in zip(starts, spreads, strict=True)]
    optimizer = torch.optim.AdamW(matrices, weight_decay=WEIGHT_DECAY)
    for step in tqdm(range(steps), desc=f"fit {seed}"):
        for group in optimizer.param_groups:
            group["lr"] = LR * 0.5 * (1 + np.cos(np.pi * step / steps))
        rows = torch.randperm(len(sentences), generator=rng)[:PHOTOS]
        view = torch.randint(2, (len(rows),), generator=rng)
        told = sentences[rows, torch.randint(sentences.shape[1], (len(rows),), generator=rng)]
        vectors = []
        for kind, matrix in zip(seen, matrices, strict=True):
            kept = torch.rand(len(rows), kind.shape[2], generator=rng) >= DROPPED
            vectors.append(F.normalize((kind[view, rows] * kept / (1 - DROPPED)) @ matrix))
        loss = told_apart(torch.stack(vectors).mean(0) @ told.T / MEANS_TEMPERATURE)
        for vector in vectors:
            loss = loss + ALONE * told_apart(vector @ told.T / TEMPERATURE)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return [m.detach() / s[:, None] for m, s in zip(matrices, spreads, strict=True)]


def main() -> None:
    parser = Finished.parser(__doc__)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--fits", type=int, default=3)
    args = parser.parse_args()
    finished = Finished.of(args)
    model = finished.model.to(memory_format=torch.channels_last)

    def told(shards: Shards) -> Tensor:
        captions = [tidy(c) for r in shards.records for c in r["captions"]]
        return embed_all(model.text_encoder, captions, finished.ids).unflatten(0, (len(shards.records), -1))

    train, apart = (Shards(finished.folder, "flickr8k", split) for split in ("train", "val"))

    def seen(shards: Shards, *, flipped: bool) -> tuple[Tensor, Tensor]:
        """The pooled backbone (photos, C) and the state of the image query (photos, d)."""
        both = looked(
            model, photos_of(shards), lambda _, pooled, head: torch.cat([pooled, head.state[:, -1]], 1), flipped=flipped
        )
        return both.split([len(model.backbone_proj), model.config.dim], 1)

    both = [seen(train, flipped=flipped) for flipped in (False, True)]
    views, sentences = [torch.stack(kind) for kind in zip(*both, strict=True)], told(train)
    own = model.decoder.image_embed if model.config.image_embed else model.decoder.class_embed
    starts = [model.backbone_proj.detach().float(), own.detach().float()]
    fits = [fit(views, sentences, starts, args.steps, seed) for seed in range(args.fits)]
    matrices = [torch.stack(kind).mean(0) for kind in zip(*fits, strict=True)]
    finished.save({"backbone_proj": matrices[0], "decoder.image_embed": matrices[1]}, args.out)
    kinds, said = seen(apart, flipped=False), told(apart)
    for name, weights in (("before", starts), ("now", matrices)):
        vectors = [F.normalize(kind @ matrix) for kind, matrix in zip(kinds, weights, strict=True)]
        found = recall(said.flatten(0, 1) @ torch.stack(vectors).mean(0).T, said.shape[1])
        print(f"{name}, on photos kept apart, without a query bank:", *(f"{k} {v:.1f}" for k, v in found.items()))
    print(f"wrote {args.out}")


if __name__ == "__main__":
    command.run(main)
