"""How much of what sentences need a backbone still knows: a small captioner is trained on its coarsest map, frozen.

    python -m xdecoder.evaluate.backbone --checkpoint imagenet --minutes 5
    python -m xdecoder.evaluate.backbone --checkpoint runs/default.pt --minutes 5

Prints the next words' cross-entropy and CIDEr-D on Flickr8k's val photos, and which share of the variance of ImageNet's
coarsest map a linear map of this one gives. The same minutes on the same machine make two backbones comparable.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from pycocoevalcap.cider.cider import Cider
from torch import Tensor, nn
from tqdm import tqdm

from .. import command
from ..data.shards import Shards
from ..data.words import plain, tidy
from ..model.backbones.efficientnet_lite import EfficientNetLite0
from ..model.config import DEFAULT
from ..train.build import IMAGENET, pretrained_backbone
from ..train.checkpoints import load_model
from ..train.text import Ids
from ..train.words import spoken

SIDE, BATCH, WIDTH, LAYERS, HEADS, STEPS = 224, 64, 256, 3, 4, 25
RATE, WARM_UP = 1.2e-3, 0.03


class Captioner(nn.Module):
    """Map tokens (B, N, C) and word ids (B, T) -> logits of the next words (B, T, V)."""

    def __init__(self, features: Tensor) -> None:
        super().__init__()
        _, tokens, channels = features.shape
        self.mean, self.spread = features.mean((0, 1)), features.std((0, 1)) + 1e-3
        self.project, self.norm = nn.Linear(channels, WIDTH), nn.LayerNorm(WIDTH)
        self.place, self.order = (nn.Parameter(torch.randn(n, WIDTH) * 0.02) for n in (tokens, DEFAULT.text.context))
        self.words = nn.Embedding(DEFAULT.text.vocabulary, WIDTH)
        nn.init.normal_(self.words.weight, std=0.05)
        layer = nn.TransformerDecoderLayer(WIDTH, HEADS, 4 * WIDTH, dropout=0.1, batch_first=True, norm_first=True)
        self.decoder = nn.TransformerDecoder(layer, LAYERS, norm=nn.LayerNorm(WIDTH))
        self.out = nn.Linear(WIDTH, WIDTH)

    def forward(self, features: Tensor, ids: Tensor) -> Tensor:
        memory = self.norm(self.project((features.float() - self.mean) / self.spread)) + self.place
        causal = nn.Transformer.generate_square_subsequent_mask(ids.shape[1])
        x = self.decoder(self.words(ids) + self.order[: ids.shape[1]], memory, tgt_mask=causal, tgt_is_causal=True)
        return self.out(x) @ self.words.weight.T

    def loss(self, features: Tensor, ids: Tensor, smoothing: float) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            logits = self(features, ids[:, :-1])
        goal = ids[:, 1:]
        said = spoken(goal, DEFAULT.text.end_token)
        return F.cross_entropy(logits[said].float(), goal[said], label_smoothing=smoothing)


@torch.no_grad()
def coarsest(backbone: EfficientNetLite0, shards: Shards) -> Tensor:
    """(photos, 49, 320) float16 of every photo."""
    mean, std = (torch.tensor(x) for x in (DEFAULT.preprocess.mean, DEFAULT.preprocess.std))
    rows = []
    for i in tqdm(range(0, len(shards.records), 16), desc="features"):
        photos = [shards.photo(r["file"]).resize((SIDE, SIDE)) for r in shards.records[i : i + 16]]
        pixels = (torch.from_numpy(np.stack([np.asarray(p) for p in photos])).float() - mean) / std
        with torch.autocast("cpu", torch.bfloat16):
            rows.append(backbone(pixels.permute(0, 3, 1, 2))[3].flatten(2).transpose(1, 2))
    return torch.cat(rows).half()


def explained(features: Tensor, aim: Tensor) -> float:
    """Share of the variance of `aim` that a linear map of `features` gives, on the last quarter of the photos."""
    x, y = (t.float().flatten(0, 1) for t in (features, aim))
    x = torch.cat([x, torch.ones(len(x), 1)], 1).double()
    h = 3 * len(x) // 4
    weights = torch.linalg.solve(x[:h].T @ x[:h] + 10 * torch.eye(x.shape[1]).double(), x[:h].T @ y[:h].double())
    left = (y[h:] - x[h:] @ weights).pow(2).sum() / (y[h:] - y[:h].mean(0)).pow(2).sum()
    return 1 - float(left)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True, help=f"a training checkpoint, or '{IMAGENET}'")
    parser.add_argument("--shared", type=Path, default=Path("../../shared"))
    parser.add_argument("--data", type=Path, default=Path("runs/data"), help="folder with tokenizer.json")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    ids = Ids.read(args.data / "tokenizer.json", DEFAULT.text)
    train, val = (Shards(args.shared / "data", "flickr8k", split) for split in ("train", "val"))
    taught = EfficientNetLite0(DEFAULT.backbone)
    taught.load_state_dict(pretrained_backbone())
    backbone = taught if args.checkpoint == IMAGENET else load_model(Path(args.checkpoint)).backbone
    features, held = coarsest(backbone, train), coarsest(backbone, val)
    aim = held if backbone is taught else coarsest(taught, val)
    print(f"{'variance of ImageNet’s map, share':38} {explained(held, aim):.3f}")
    model = fit(features, [[tidy(c) for c in r["captions"]] for r in train.records], ids, args.minutes)
    truth = [[tidy(c) for c in r["captions"]] for r in val.records]
    with torch.no_grad():
        each = [model.loss(f, ids(t), 0) for f, t in zip(held.split(50), batched(truth, 50), strict=True)]
        words = torch.full((len(held), 1), DEFAULT.text.start_token)
        for _ in range(STEPS):
            words = torch.cat([words, model(held, words)[:, -1:].argmax(-1)], 1)
    said = [plain(ids.codec.decode(row)) for row in words[:, 1:].tolist()]
    references = {i: [plain(c) for c in own] for i, own in enumerate(truth)}
    cider, _ = Cider().compute_score(references, {i: [text] for i, text in enumerate(said)})
    print(f"{'next word, cross-entropy':38} {float(torch.stack(each).mean()):.3f}")
    print(f"{'captions, CIDEr-D':38} {cider:.3f}")


def batched(truth: list[list[str]], size: int) -> list[list[str]]:
    """The first caption of each photo, so many photos at a time."""
    return [[own[0] for own in truth[i : i + size]] for i in range(0, len(truth), size)]


def fit(features: Tensor, captions: list[list[str]], ids: Ids, minutes: float) -> Captioner:
    """A captioner after so many minutes."""
    model, random = Captioner(features[:500].float()), np.random.default_rng(0)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.02, fused=True)
    start, bar = time.monotonic(), tqdm(total=round(60 * minutes), unit="s", desc="training")
    while (spent := (time.monotonic() - start) / 60 / minutes) < 1:
        bar.n = round(60 * minutes * spent)
        bar.refresh()
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, (spent + 0.002) / WARM_UP) * 0.5 * (1 + np.cos(np.pi * spent))
        rows = random.integers(0, len(captions), BATCH)
        loss = model.loss(features[rows], ids([str(random.choice(captions[r])) for r in rows]), 0.05)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    bar.close()
    return model.eval()


if __name__ == "__main__":
    command.run(main)
