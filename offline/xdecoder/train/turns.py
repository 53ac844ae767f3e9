"""Who takes turns in a step of a phase: each task's batches, made for the phase's sizes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset

from ..data.dataset import PSEUDO_SHARE, SegmentationStream
from ..data.spoken import SpokenBatches
from ..data.words import CaptionBatches, daquar
from ..model.xdecoder import XDecoder
from . import bag_of_questions, bag_of_words
from .bag_of_questions import BagOfQuestions
from .bag_of_words import Lesson
from .recipe import AUGMENTATION, PSEUDO_LABELS, Phase
from .steps import (
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


@dataclass(frozen=True)
class Turn:
    """A task's place in a step: `each` batches of it, or one every `every` steps; never where both are 0."""

    task: str
    losses: Callable[[], Losses]
    each: int = 0
    every: int = 0

    def times(self, step: int) -> int:
        return self.each or int(self.every > 0 and step % self.every == 0)


@dataclass(frozen=True)
class Curriculum:
    """What is the same in all phases: the model and what it is held to. shared, data: folders of the command.

    distil: what the text encoder should not forget; teacher: ImageNet's backbone; workers: that load photos.
    """

    model: XDecoder
    ids: Ids
    shared: Path
    data: Path
    table: NameTable
    distil: SentenceTargets | None
    teacher: nn.Module | None
    without: tuple[str, ...]
    workers: int

    def turns(self, phase: Phase, seed: int) -> list[Turn]:
        """Of a phase, in their order. seed: of what is drawn."""
        return [self._masks(phase, seed), *self._words(phase, seed), *self._questions(phase, seed)]

    def _masks(self, phase: Phase, seed: int) -> Turn:
        stream = partial(
            SegmentationStream,
            crop=phase.crop,
            pseudo_share=0.0 if PSEUDO_LABELS in self.without else PSEUDO_SHARE,
            shared=self.shared,
            runs=self.data,
            augmented=AUGMENTATION not in self.without,
        )
        loader = DataLoader(
            Batches(seed, stream),
            phase.batch,
            num_workers=self.workers,
            collate_fn=list,
            # On the default device, where the loader draws its seed.
            generator=torch.Generator(self.model.logit_scale.device),
            prefetch_factor=4 if self.workers else None,
        )
        bench = Bench(self.model, self.ids, phase.crop)
        step = MaskStep(bench, iter(loader), self.distil, self.table, self.teacher, self.without, phase.more_every)
        return Turn("masks", step.losses, each=phase.masks_each)

    def _words(self, phase: Phase, seed: int) -> list[Turn]:
        model, folder, turns = self.model, self.shared / "data", []
        bench = Bench(model, self.ids, phase.words_side)
        if phase.captions_each or phase.spoken_every or phase.retrieval_each:
            lesson = Lesson.read(self.data / bag_of_words.FILE, model.config.text, model.config.dim)
            told = CaptionBatches(folder, phase.words_side, phase.words_batch, seed)
            placing = Placing(bench, lesson, told.captions)
            captions = CaptionStep(bench, told, placing, self.distil)
            spoken = SpokenStep(bench, SpokenBatches(folder, phase.words_side, phase.words_batch, seed), placing)
            turns += [
                Turn("captions", captions.losses, each=phase.captions_each),
                Turn("spoken", spoken.losses, every=phase.spoken_every),
                Turn("retrieval", RetrievalStep(told, placing).losses, each=phase.retrieval_each),
            ]
        if phase.rewards_each:
            reward = RewardStep(bench, CaptionBatches(folder, phase.words_side, phase.words_batch, seed + 1))
            turns.append(Turn("reward", reward.losses, each=phase.rewards_each))
        return turns

    def _questions(self, phase: Phase, seed: int) -> list[Turn]:
        if not phase.questions_every:
            return []
        asked = daquar(self.shared / "data", phase.questions_side, phase.words_batch, seed)
        answers = BagOfQuestions.read(self.data / bag_of_questions.FILE, self.model.config.text)
        step = QuestionStep(Bench(self.model, self.ids, phase.questions_side), asked, answers)
        return [Turn("questions", step.losses, every=phase.questions_every)]


class Batches(IterableDataset):
    """Endless samples with regions; each loader worker draws its own sequence."""

    def __init__(self, seed: int, make: Callable[[int], SegmentationStream]) -> None:
        super().__init__()
        self.seed, self.make = seed, make

    def __iter__(self) -> Iterator[dict[str, Any]]:
        info = torch.utils.data.get_worker_info()
        torch.set_num_threads(1)
        yield from self.make(self.seed + (info.id if info else 0) * 7919)
