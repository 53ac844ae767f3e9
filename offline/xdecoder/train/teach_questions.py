"""Fits the small teacher of answers to DAQUAR (`bag_of_questions.py`), and says how many new questions it gets right.

    python -m xdecoder.train.teach_questions --checkpoint runs/default.pt --data runs/data
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from .. import command
from ..data.shards import Shards
from ..data.words import daquar_questions
from ..model.config import DEFAULT
from ..vocabulary import small_answers
from .bag_of_questions import FILE, BagOfQuestions
from .build import before_training
from .seen import Eyes
from .text import Ids

LR, WEIGHT_DECAY, BATCH = 2e-3, 0.1, 256


def fit(teacher: BagOfQuestions, ids: Tensor, features: Tensor, answers: list[list[int]], steps: int) -> None:
    """Trains in place on questions (N, T), what is seen of their photos (N, C), and the right answers of each."""
    rng = np.random.default_rng(1)
    optimizer = torch.optim.AdamW(teacher.parameters(), lr=LR, weight_decay=WEIGHT_DECAY)
    teacher.train()
    for step in tqdm(range(steps), desc="bag of questions"):
        for group in optimizer.param_groups:
            group["lr"] = LR * 0.5 * (1 + np.cos(np.pi * step / steps))
        rows = rng.integers(len(ids), size=BATCH).tolist()
        right = torch.tensor([int(rng.choice(answers[r])) for r in rows])
        loss = F.cross_entropy(teacher(ids[rows], features[rows]), right)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    teacher.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../../shared"))
    parser.add_argument("--checkpoint", type=Path, help="whose backbone it looks through, too; else ImageNet's")
    parser.add_argument("--data", type=Path, default=Path("runs/data"), help="of the tokenizer, and of the result")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    model = before_training(args.checkpoint, None)
    ids = Ids.read(args.data / "tokenizer.json", DEFAULT.text)

    eyes = Eyes(model)

    def table(split: str) -> tuple[Tensor, Tensor, list[list[int]], dict[str, Tensor]]:
        shards = Shards(args.shared / "data", "daquar", split)
        asked = daquar_questions(shards)
        seen = dict(zip(asked, eyes(shards, list(asked)), strict=True))
        rows = [(q, seen[f], a) for f, questions in asked.items() for q, a in questions]
        return ids([q for q, _, _ in rows]), torch.stack([s for _, s, _ in rows]), [a for _, _, a in rows], seen

    questions, features, answers, photos = table("train")
    teacher = BagOfQuestions(DEFAULT.text, features.shape[1], len(small_answers()))
    teacher.measure(features)
    fit(teacher, questions, features, answers, args.steps)
    teacher.photos = photos
    teacher.save(args.data / FILE)
    questions, features, answers, _ = table("val")
    with torch.no_grad():
        best = teacher(questions, features).argmax(1).tolist()
    right = sum(b in a for b, a in zip(best, answers, strict=True))
    print(f"wrote {args.data / FILE}: {right} of {len(best)} new questions with a known answer right")


if __name__ == "__main__":
    command.run(main)
