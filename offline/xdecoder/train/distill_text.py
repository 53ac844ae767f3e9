"""Distils the text encoder from a sentence encoder, so that words no label mentions already lie near their like.

    python -m xdecoder.train.distill_text --data runs/data --out runs/text.pt --minutes 10
"""

import argparse
import math
import time
from pathlib import Path

import torch
from tqdm import tqdm

from .. import command
from ..model.config import DEFAULT
from ..model.text_encoder import TextEncoder
from .text import Ids, SentenceTargets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("runs/data"))
    parser.add_argument("--out", type=Path, default=Path("runs/text.pt"))
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)

    encoder = TextEncoder(DEFAULT.text, DEFAULT.dim)
    targets = SentenceTargets.read(args.data, Ids.read(args.data / "tokenizer.json", DEFAULT.text))
    optimizer = torch.optim.AdamW(encoder.parameters(), lr=1e-3, weight_decay=0.01)
    start, budget, seen = time.monotonic(), args.minutes * 60, 0
    bar = tqdm(total=round(budget), unit="s", desc="distilling text")
    average = 1.0
    while (elapsed := time.monotonic() - start) < budget:
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * min(1, (seen + args.batch) / 20000) * 0.5 * (1 + math.cos(math.pi * elapsed / budget))
        with torch.autocast("cpu", torch.bfloat16):
            loss = targets.loss(encoder, args.batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimizer.step()
        seen += args.batch
        average += 0.02 * (float(loss.detach()) - average)
        bar.n = round(elapsed)
        bar.set_postfix_str(f"cosine {1 - average:.3f}, {seen} texts")
    bar.close()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(encoder.state_dict(), args.out)
    print(f"wrote {args.out}: mean cosine to the sentence encoder {1 - average:.3f} after {seen} texts")


if __name__ == "__main__":
    command.run(main)
