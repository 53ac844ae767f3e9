"""The training loop of the default model: every task, one optimiser, resumable.

    python -m xdecoder.train --config recipes/start.toml --text runs/text.pt --out runs/default.pt
"""

import argparse
import copy
import csv
import math
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from tqdm import tqdm

from .. import command
from ..data.dataset import shares_of_names
from ..data.shards import ade_records
from ..data.text_corpus import kept_texts
from ..model.config import DEFAULT, TINY
from ..model.xdecoder import XDecoder
from . import recipe
from .balance import Balance
from .build import IMAGENET, adopt, optimiser, pretrained_backbone, spare_backbone
from .checkpoints import Average, Checkpoint
from .recipe import Phase, Recipe, RecipeError
from .replicas import Replicas
from .steps import Losses, NameTable
from .text import Ids, SentenceTargets
from .turns import Curriculum

WARM_UP = 0.02
AVERAGED_STEPS = 800
SAVE_EVERY_S = 240.0


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
    made.add_argument("--model", choices=("default", "tiny"), default="default")
    made.add_argument("--from-checkpoint", type=Path, help="checkpoint whose weights a new run starts from")
    recipe.add_options(made)
    made.add_argument("--sync-every", type=int, default=4, help="steps between averages, under torchrun")
    made.add_argument("--workers", type=int, default=1, help="processes that load photos with regions")
    made.add_argument("--device", default="cpu", choices=("cpu", "cuda"), help="cuda: each process its own GPU")
    made.add_argument("--threads", type=int, default=2)
    made.add_argument("--seed", type=int, default=1)
    return made


@dataclass
class Training:
    """What changes while it trains. teacher: ImageNet's backbone as it was."""

    model: XDecoder
    average: Average
    optimizer: torch.optim.Optimizer
    teacher: nn.Module | None
    photos: int = 0
    seconds: float = 0.0

    def save(self, path: Path) -> None:
        state = self.model.state_dict(), self.optimizer.state_dict()
        Checkpoint(self.model.config.name, self.average.weights, *state, self.photos, self.seconds).save(path)

    def descend(self, losses: Losses, balance: Balance, task: str) -> None:
        self.optimizer.zero_grad()
        sum(losses.values(), torch.zeros(())).backward()
        balance(task)
        self.optimizer.step()


def fresh(args: argparse.Namespace, without: tuple[str, ...]) -> Training:
    """Nothing learnt yet but what ImageNet and a sentence encoder taught."""
    model, teacher = XDecoder({"default": DEFAULT, "tiny": TINY}[args.model]), None
    if model.config is DEFAULT and IMAGENET not in without:
        model.backbone.load_state_dict(pretrained_backbone())
        teacher = copy.deepcopy(model.backbone).requires_grad_(False).to(memory_format=torch.channels_last)
    if args.text:
        model.text_encoder.load_state_dict(torch.load(args.text, map_location="cpu", weights_only=True))
    model = model.to(memory_format=torch.channels_last)
    if IMAGENET not in without:
        spare_backbone(model.backbone)
    return Training(model, Average(model), optimiser(model), teacher)


def go_on(training: Training, args: argparse.Namespace, batch: int, device: torch.device) -> XDecoder | None:
    """Takes up what an interrupted training left, or else the weights that it starts from.

    Returns the model as it was where the training began, if that was a checkpoint.
    """
    model, origin = training.model, None
    if args.from_checkpoint:
        origin = XDecoder(model.config)
        adopt(origin, Checkpoint.load(args.from_checkpoint).model)
    if args.out.exists():
        saved = Checkpoint.load(args.out)
        grown = adopt(model, saved.raw)
        training.average.weights |= {k: v.to(device) for k, v in saved.model.items()}
        if grown:
            print(f"new parts start fresh, and the optimiser with them: {', '.join(grown)}")
        else:
            training.optimizer.load_state_dict(saved.optimizer)
        training.photos, training.seconds = saved.photos, saved.seconds
        training.average.steps = saved.photos // batch + (AVERAGED_STEPS if origin else 0)
        print(f"resuming {args.out} after {saved.photos} photos")
    elif origin:
        model.load_state_dict(origin.state_dict())
        training.average = Average(model)
        # What is there already is better than the first steps of a new schedule: they should not outweigh it.
        training.average.steps = AVERAGED_STEPS
    return origin


def main() -> None:
    made = parser()
    args = made.parse_args()
    try:
        wanted = recipe.read(args)
    except RecipeError as error:
        made.error(f"{args.config}: {error}" if args.config else str(error))
    torch.set_num_threads(args.threads)
    # Masks that are sure of themselves have sigmoids and gradients below what a float has at full speed: kept, they
    # cost an eighth of a step with masks on a Xeon; they change nothing.
    torch.set_flush_denormal(True)
    torch.manual_seed(args.seed)
    replicas = Replicas(args.device)
    # What has no place of its own (points, targets, biases) is made where the model is.
    torch.set_default_device(replicas.device)
    training = fresh(args, wanted.without)
    origin = go_on(training, args, wanted.phases[0].batch, replicas.device)

    ids = Ids.read(args.data / "tokenizer.json", training.model.config.text)
    distil = None
    if args.text:
        distil = SentenceTargets.read(args.data, ids)
    elif origin:
        # Sentences are left free: telling photos apart by them needs more than the sentence encoder's likeness.
        # As they were where the training began, after an interruption too.
        distil = SentenceTargets.of(origin.text_encoder, kept_texts(args.shared / "data"), ids)
    table = NameTable.build(shares=shares_of_names(ade_records(args.shared / "data")[0]))
    curriculum = Curriculum(
        training.model, ids, args.shared, args.data, table, distil, training.teacher, wanted.without, args.workers
    )
    train(training, wanted, curriculum, replicas, args)
    replicas.leave()


def train(
    training: Training, wanted: Recipe, curriculum: Curriculum, replicas: Replicas, args: argparse.Namespace
) -> None:
    """Until the schedule ends; writes `args.out` every few minutes and at the end."""
    log, balance, model = Log(args.out.with_suffix(".csv")), Balance(training.model), training.model

    def save() -> None:
        if replicas.first:
            log.write(training.photos, training.seconds)
            training.save(args.out)

    length, unit = (wanted.photos, "photo") if wanted.photos else (round((wanted.minutes or 0) * 60), "s")

    def done() -> int:
        return min(length, training.photos if wanted.photos else round(training.seconds))

    bar = tqdm(total=length, initial=done(), unit=unit, desc="training", disable=not replicas.first)
    phase: Phase | None = None
    turns, step, saved_at = [], 0, time.monotonic()
    clock, spent = saved_at, wanted.spent(training.photos, training.seconds)
    while spent < 1:
        if phase is not (now_in := wanted.phase(spent)):
            phase = now_in
            seed = args.seed + training.photos + 104_729 * replicas.rank
            torch.manual_seed(seed)
            turns = curriculum.turns(phase, seed)
        rate = wanted.rate * min(1.0, (spent + 0.002) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * spent))
        for group in training.optimizer.param_groups:
            group["lr"] = group["peak"] * rate
        for turn in turns:
            for _ in range(turn.times(step)):
                if losses := turn.losses():
                    training.descend(losses, balance, turn.task)
                    log.add(losses)
        training.photos += phase.masks_each * phase.batch * replicas.count
        step += 1
        now = time.monotonic()
        training.seconds, clock = training.seconds + now - clock, now
        if step % args.sync_every == 0 or replicas.count == 1:
            replicas.average(model)
            training.seconds = replicas.agree(training.seconds)
            spent = wanted.spent(training.photos, training.seconds)
        training.average.update(model)
        bar.n = done()
        bar.set_postfix_str(f"{training.photos} photos, {log}")
        if now - saved_at > SAVE_EVERY_S:
            save()
            saved_at = now
    bar.close()
    save()
    if replicas.first:
        print(f"wrote {args.out} after {training.photos} photos in {training.seconds / 60:.0f} minutes")


if __name__ == "__main__":
    command.run(main)
