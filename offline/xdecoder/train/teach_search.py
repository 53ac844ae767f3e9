"""Fits the projection of the pooled backbone, which retrieval alone reads; all other weights stay as they are.

    python -m xdecoder.train.teach_search --checkpoint runs/taught.pt --out runs/found.pt

A matrix can't learn photos by heart, as the decoder's image query does: fitted at the end, to sentences as the text
encoder has them then, it finds more photos that it never saw than it did while everything trained together. Several
fits are averaged, since the mean of matrices is one.
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
from ..model.xdecoder import XDecoder
from .finished import Finished
from .pixels import Pixels
from .text import embed_all

LR, WEIGHT_DECAY, PHOTOS, TEMPERATURE, DROPPED = 2e-3, 0.05, 1024, 0.05, 0.1
READ = 16


@torch.no_grad()
def pooled(model: XDecoder, shards: Shards, *, flipped: bool) -> Tensor:
    """(photos, C): what the projection is given of each photo, as it is or in a mirror."""
    pixels, out = Pixels(model.config.preprocess), []
    for i in tqdm(range(0, len(shards.records), READ), desc="photos in a mirror" if flipped else "photos"):
        images = np.stack([np.asarray(shards.photo(r["file"])) for r in shards.records[i : i + READ]])
        shown = pixels(images[:, :, ::-1].copy() if flipped else images).to(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            out.append(model.backbone(shown)[3].float().mean((2, 3)))
    return torch.cat(out)


def fit(views: Tensor, sentences: Tensor, start: Tensor, steps: int, seed: int) -> Tensor:
    """(C, d) matrix, from `start`, by which photos are told apart among others, both ways.

    views (2, N, C): a photo's two; sentences (N, 5, d), normalised.
    """
    rng = torch.Generator().manual_seed(seed)
    spread = views[0].std(0) + 1e-3
    seen, matrix = views / spread, (start * spread[:, None]).clone().requires_grad_(True)
    optimizer = torch.optim.AdamW([matrix], weight_decay=WEIGHT_DECAY)
    for step in tqdm(range(steps), desc=f"fit {seed}"):
        for group in optimizer.param_groups:
            group["lr"] = LR * 0.5 * (1 + np.cos(np.pi * step / steps))
        rows = torch.randperm(len(sentences), generator=rng)[:PHOTOS]
        view = int(torch.randint(2, (1,), generator=rng))
        kept = torch.rand(len(rows), seen.shape[2], generator=rng) >= DROPPED
        told = sentences[rows, torch.randint(sentences.shape[1], (len(rows),), generator=rng)]
        scores = F.normalize((seen[view, rows] * kept / (1 - DROPPED)) @ matrix) @ told.T / TEMPERATURE
        own = torch.arange(len(rows))
        loss = F.cross_entropy(scores, own) + F.cross_entropy(scores.T, own)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return matrix.detach() / spread[:, None]


def main() -> None:
    parser = Finished.parser(__doc__)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--fits", type=int, default=3)
    args = parser.parse_args()
    finished = Finished.of(args)
    model = finished.model.to(memory_format=torch.channels_last)

    def told(shards: Shards) -> Tensor:
        captions = [tidy(c) for r in shards.records for c in r["captions"]]
        return embed_all(model.text_encoder, captions, finished.ids).unflatten(0, (len(shards.records), -1))

    train, apart = (Shards(finished.folder, "flickr8k", split) for split in ("train", "val"))
    views = torch.stack([pooled(model, train, flipped=flipped) for flipped in (False, True)])
    start, sentences = model.backbone_proj.detach().float(), told(train)
    matrix = torch.stack([fit(views, sentences, start, args.steps, seed) for seed in range(args.fits)]).mean(0)
    finished.save({"backbone_proj": matrix}, args.out)
    seen, said = pooled(model, apart, flipped=False), told(apart)
    for name, weights in (("before", start), ("now", matrix)):
        found = recall(said.flatten(0, 1) @ F.normalize(seen @ weights).T, said.shape[1])
        print(f"{name}, on photos kept apart, by this vector alone:", *(f"{k} {v:.1f}" for k, v in found.items()))
    print(f"wrote {args.out}")


if __name__ == "__main__":
    command.run(main)
