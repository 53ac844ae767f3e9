"""The training loop of the default model: every task, one optimiser, resumable.

    python -m xdecoder.train --data runs/data --out runs/default.pt --minutes 90
"""

import argparse
import copy
import csv
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader, IterableDataset
from tqdm import tqdm

from .. import command
from ..data.dataset import PSEUDO_SHARE, SegmentationStream, shares_of_names
from ..data.shards import ade_records
from ..data.spoken import SpokenBatches
from ..data.text_corpus import kept_texts
from ..data.words import CaptionBatches, daquar
from ..model.config import DEFAULT, TINY
from ..model.xdecoder import XDecoder
from . import bag_of_questions, bag_of_words
from .bag_of_questions import BagOfQuestions
from .bag_of_words import Lesson
from .balance import Balance
from .build import IMAGENET, adopt, optimiser, pretrained_backbone, spare_backbone
from .checkpoints import Average, Checkpoint
from .replicas import Replicas
from .steps import (
    MARKS,
    PHRASES,
    Bench,
    CaptionStep,
    Losses,
    MaskStep,
    NameTable,
    Placing,
    QuestionStep,
    RetrievalStep,
    RewardStep,
    SpokenStep,
)
from .text import Ids, SentenceTargets

WARM_UP = 0.02
AVERAGED_STEPS = 800
SAVE_EVERY_S = 240.0
# What `--without` can leave out; the distilled text encoder is left out where `--text` is not given.
PSEUDO_LABELS, AUGMENTATION = "pseudo-labels", "augmentation"
PARTS = (IMAGENET, PSEUDO_LABELS, AUGMENTATION, PHRASES, MARKS)


class Batches(IterableDataset):
    """Endless samples with regions; each loader worker draws its own sequence."""

    def __init__(self, seed: int, make: Callable[[int], SegmentationStream]) -> None:
        super().__init__()
        self.seed, self.make = seed, make

    def __iter__(self) -> Iterator[dict[str, Any]]:
        info = torch.utils.data.get_worker_info()
        torch.set_num_threads(1)
        yield from self.make(self.seed + (info.id if info else 0) * 7919)


@dataclass(frozen=True)
class Turn:
    """A task's place in a step: `each` batches of it, or one every `every` steps; never where both are 0."""

    task: str
    losses: Callable[[], Losses]
    each: int = 0
    every: int = 0

    def times(self, step: int) -> int:
        return self.each or int(self.every > 0 and step % self.every == 0)


class Log:
    """Smoothed losses for the bar, and a line of them in a CSV at every save."""

    def __init__(self, path: Path) -> None:
        self.path, self.shown = path, {}

    def add(self, losses: dict[str, torch.Tensor]) -> None:
        for k, v in losses.items():
            self.shown[k] = self.shown.get(k, float(v.detach())) * 0.98 + 0.02 * float(v.detach())

    def __str__(self) -> str:
        return ", ".join(f"{k} {v:.2f}" for k, v in self.shown.items())

    def write(self, photos: int, seconds: float) -> None:
        fresh = not self.path.exists()
        with self.path.open("a", newline="") as file:
            rows = csv.writer(file)
            if fresh:
                rows.writerow(["photos", "seconds", "loss", "value"])
            rows.writerows([photos, round(seconds), k, f"{v:.4f}"] for k, v in self.shown.items())


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--shared", type=Path, default=Path("../../shared"), help="folder with data/ and teachers/")
    made.add_argument("--data", type=Path, default=Path("runs/data"), help="pseudo-labels, tokenizer, targets")
    made.add_argument("--out", type=Path, default=Path("runs/default.pt"))
    made.add_argument("--text", type=Path, help="distilled text encoder (xdecoder.train.distill_text)")
    made.add_argument("--config", choices=("default", "tiny"), default="default")
    made.add_argument("--minutes", type=float, default=90.0, help="of the cosine schedule, resumed time counted")
    made.add_argument("--from-checkpoint", type=Path, help="checkpoint whose weights a new run starts from")
    made.add_argument("--rate", type=float, default=1.0, help="factor on all learning rates")
    made.add_argument("--batch", type=int, default=8, help="photos with regions a batch")
    made.add_argument("--words-batch", type=int, default=8, help="photos with captions, or with questions, a batch")
    made.add_argument("--crop", type=int, default=256)
    made.add_argument("--words-side", type=int, default=224, help="px; Flickr8k's photos have no more; 160 is faster")
    made.add_argument("--questions-side", type=int, default=224, help="px of photos with people's questions")
    made.add_argument("--masks-each", type=int, default=1, help="batches with masks a step")
    made.add_argument("--more-every", type=int, default=1, help="batches with masks to one with phrases and questions")
    made.add_argument("--captions-each", type=int, default=2, help="batches of captions a step")
    made.add_argument("--retrieval-each", type=int, default=3, help="batches of many sentences a step")
    made.add_argument("--rewards-each", type=int, default=0, help="batches of sentences of its own a step: late")
    made.add_argument("--spoken-every", type=int, default=2, help="steps to a batch of generated sentences; 0: never")
    made.add_argument("--questions-every", type=int, default=1, help="steps to a batch of people's questions; 0: never")
    made.add_argument(
        "--without", nargs="+", choices=PARTS, default=[], help="parts of the recipe to leave out, to see their worth"
    )
    made.add_argument("--sync-every", type=int, default=4, help="steps between averages, under torchrun")
    made.add_argument("--workers", type=int, default=1)
    made.add_argument("--device", default="cpu", choices=("cpu", "cuda"), help="cuda: each process its own GPU")
    made.add_argument("--threads", type=int, default=2)
    made.add_argument("--seed", type=int, default=1)
    return made


def main() -> None:
    args = parser().parse_args()
    torch.set_num_threads(args.threads)
    # Masks that are sure of themselves have sigmoids and gradients below what a float has at full speed: kept, they
    # cost an eighth of a step with masks on a Xeon; they change nothing.
    torch.set_flush_denormal(True)
    torch.manual_seed(args.seed)
    replicas = Replicas(args.device)
    # What has no place of its own (points, targets, biases) is made where the model is.
    torch.set_default_device(replicas.device)

    config = {"default": DEFAULT, "tiny": TINY}[args.config]
    model = XDecoder(config)
    teacher = None
    if config is DEFAULT and IMAGENET not in args.without:
        model.backbone.load_state_dict(pretrained_backbone())
        teacher = copy.deepcopy(model.backbone).requires_grad_(False).to(memory_format=torch.channels_last)
    if args.text:
        model.text_encoder.load_state_dict(torch.load(args.text, map_location="cpu", weights_only=True))
    model = model.to(memory_format=torch.channels_last)
    if IMAGENET not in args.without:
        spare_backbone(model.backbone)
    average, optimizer = Average(model), optimiser(model)
    origin = Checkpoint.load(args.from_checkpoint).model if args.from_checkpoint else None
    photos, seconds = 0, 0.0
    if args.out.exists():
        saved = Checkpoint.load(args.out)
        grown = adopt(model, saved.raw)
        average.weights |= {k: v.to(replicas.device) for k, v in saved.model.items()}
        if grown:
            print(f"new parts start fresh, and the optimiser with them: {', '.join(grown)}")
        else:
            optimizer.load_state_dict(saved.optimizer)
        photos, seconds = saved.photos, saved.seconds
        average.steps = photos // args.batch + (AVERAGED_STEPS if args.from_checkpoint else 0)
        print(f"resuming {args.out} after {photos} photos")
    elif origin:
        adopt(model, origin)
        average = Average(model)
        # What is there already is better than the first steps of a new schedule: they should not outweigh it.
        average.steps = AVERAGED_STEPS

    ids = Ids.read(args.data / "tokenizer.json", config.text)
    bench, words = Bench(model, ids, args.crop), Bench(model, ids, args.words_side)
    seed, folder = args.seed + photos + 104_729 * replicas.rank, args.shared / "data"
    torch.manual_seed(seed)
    distil = None
    if args.text:
        distil = SentenceTargets.read(args.data, ids)
    elif origin:
        # Sentences are left free: telling photos apart by them needs more than the sentence encoder's likeness.
        # As they were where the training began, after an interruption too.
        began = XDecoder(config)
        adopt(began, origin)
        distil = SentenceTargets.of(began.text_encoder, kept_texts(folder), ids)
    stream = partial(
        SegmentationStream,
        crop=args.crop,
        pseudo_share=0.0 if PSEUDO_LABELS in args.without else PSEUDO_SHARE,
        shared=args.shared,
        runs=args.data,
        augmented=AUGMENTATION not in args.without,
    )
    loader = DataLoader(
        Batches(seed, stream),
        args.batch,
        num_workers=args.workers,
        collate_fn=list,
        # On the default device, where the loader draws its seed.
        generator=torch.Generator(replicas.device),
        prefetch_factor=4 if args.workers else None,
    )
    table = NameTable.build(shares=shares_of_names(ade_records(folder)[0]))
    masks = MaskStep(bench, iter(loader), distil, table, teacher, args.without, args.more_every)
    turns = [Turn("masks", masks.losses, each=args.masks_each)]
    if args.captions_each or args.spoken_every or args.retrieval_each:
        lesson = Lesson.read(args.data / bag_of_words.FILE, config.text, config.dim)
        told = CaptionBatches(folder, args.words_side, args.words_batch, seed)
        placing = Placing(words, lesson, told.captions)
        captions = CaptionStep(words, told, placing, distil)
        spoken = SpokenStep(words, SpokenBatches(folder, args.words_side, args.words_batch, seed), placing)
        turns += [
            Turn("captions", captions.losses, each=args.captions_each),
            Turn("spoken", spoken.losses, every=args.spoken_every),
            Turn("retrieval", RetrievalStep(told, placing).losses, each=args.retrieval_each),
        ]
    if args.rewards_each:
        reward = RewardStep(words, CaptionBatches(folder, args.words_side, args.words_batch, seed + 1))
        turns.append(Turn("reward", reward.losses, each=args.rewards_each))
    if args.questions_every:
        asked = Bench(model, ids, args.questions_side)
        answers = BagOfQuestions.read(args.data / bag_of_questions.FILE, config.text)
        questions = QuestionStep(asked, daquar(folder, args.questions_side, args.words_batch, seed), answers)
        turns.append(Turn("questions", questions.losses, every=args.questions_every))
    log = Log(args.out.with_suffix(".csv"))

    balance = Balance(model)

    def descend(task: str, losses: dict[str, torch.Tensor]) -> None:
        if not losses:
            return
        optimizer.zero_grad()
        sum(losses.values(), torch.zeros(())).backward()
        balance(task)
        optimizer.step()
        log.add(losses)

    def save() -> None:
        if not replicas.first:
            return
        log.write(photos, seconds)
        state = model.state_dict(), optimizer.state_dict()
        Checkpoint(config.name, average.weights, *state, photos, seconds).save(args.out)

    bar = tqdm(
        total=round(args.minutes * 60), initial=round(seconds), unit="s", desc="training", disable=not replicas.first
    )
    step, saved_at, done = 0, time.monotonic(), False
    clock = saved_at
    while not done:
        spent = min(1.0, seconds / (args.minutes * 60))
        rate = args.rate * min(1.0, (spent + 0.002) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * spent))
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * rate
        for turn in turns:
            for _ in range(turn.times(step)):
                descend(turn.task, turn.losses())
        photos += args.masks_each * args.batch * replicas.count
        step += 1
        now = time.monotonic()
        seconds, clock = seconds + now - clock, now
        if step % args.sync_every == 0 or replicas.count == 1:
            replicas.average(model)
            seconds = replicas.agree(seconds)
            done = seconds >= args.minutes * 60
        average.update(model)
        bar.n = round(seconds)
        bar.set_postfix_str(f"{photos} photos, {log}")
        if now - saved_at > SAVE_EVERY_S:
            save()
            saved_at = now
    bar.close()
    save()
    if replicas.first:
        print(f"wrote {args.out} after {photos} photos in {seconds / 60:.0f} minutes")
    replicas.leave()


if __name__ == "__main__":
    command.run(main)
