"""Captions, retrieval and answers on photos kept apart, each at the size of its task."""

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from tqdm import tqdm

from ..data.phrases import COLOURS
from ..data.questions import Asker, Facts
from ..data.regions import from_label_map
from ..data.shards import Shards, ade_records
from ..data.words import plain, tidy
from ..model.text_encoder import normalise
from ..tasks.opened import Opened
from ..tasks.query_bank import query_bank_of
from ..tasks.question import best_answers
from ..tasks.retrieval import image_embedding, image_vectors
from ..tasks.vocabulary import phrase_embeddings
from .recall import recall
from .subject import Subject


def captions(subject: Subject, folder: Path, limit: int) -> tuple[dict[str, float], list[tuple[str, str]]]:
    """CIDEr-D and BLEU-4 of captions against five people's, and (file, caption) of each photo."""
    shards = Shards(folder, "flickr8k", "val")
    said, truth, shown = {}, {}, []
    for i, record in enumerate(tqdm(shards.records[:limit], desc="captions")):
        text = subject.caption(subject.look(shards.photo(record["file"]), "caption"))
        said[i], truth[i] = [plain(text)], [plain(tidy(c)) for c in record["captions"]]
        shown.append((record["file"], text))
    cider, _ = Cider().compute_score(truth, said)
    bleu, _ = Bleu(4).compute_score(truth, said, verbose=0)
    return {"captions, CIDEr-D": float(cider), "captions, BLEU-4": float(bleu[3])}, shown


def retrieval(subject: Subject, folder: Path) -> dict[str, float]:
    """R@1/5/10 in percent over the val photos: every caption to its photo, every photo to any of its captions."""
    shards = Shards(folder, "flickr8k", "val")
    images, bank = [], query_bank_of(subject.runtime)
    for record in tqdm(shards.records, desc="retrieval"):
        features = subject.look(shards.photo(record["file"]), "retrieval").features
        images.append(image_embedding(image_vectors(features, subject.runtime.base(features)), bank))
    texts = []
    for record in shards.records:
        said = [tidy(c) for c in record["captions"]]
        texts.append(normalise(phrase_embeddings(subject.runtime, subject.codec, said)))
    return recall(torch.cat(texts) @ torch.stack(images).T, len(texts[0]))


def answers(subject: Subject, folder: Path, every: int = 1) -> dict[str, float]:
    """Exact match in percent: DAQUAR's human questions; generated yes/no and colour questions on ADE20K photos.

    All of DAQUAR: the first questions, whose rooms are alike, are harder than the rest.
    """
    listed, right = subject.answers, {"DAQUAR": [], "yes or no": [], "colour": []}
    shards = Shards(folder, "daquar", "val")

    # The questions about a photo come one after the other.
    @lru_cache(1)
    def asked_about(source: Shards, file: str) -> tuple[Opened, Callable[[], Opened]]:
        photo = source.photo(file)
        return subject.look(photo, "vqa"), cache(lambda: subject.look(photo))

    def best(source: Shards, file: str, question: str) -> str:
        return best_answers(subject.answer_logits(*asked_about(source, file), question), listed, 1)[0].answer

    for record in tqdm(shards.records[::every], desc="DAQUAR"):
        right["DAQUAR"].append(best(shards, record["file"], record["question"]) == record["answer"])
    for kind, (source, record), question, answer in generated_questions(folder, every):
        right[kind].append(best(source, record["file"], question) == answer)
    return {f"answers, {name}, exact %": 100 * float(np.mean(r)) for name, r in right.items() if r}


def generated_questions(folder: Path, every: int) -> Iterator[tuple[str, tuple[Shards, dict[str, Any]], str, str]]:
    """(kind, photo, question, answer) about every n-th ADE20K photo kept apart; kinds "yes or no" and "colour"."""
    colours, asker = {c for c, _, _ in COLOURS} | {"black", "white", "gray", "brown"}, Asker(np.random.default_rng(7))
    _, held = ade_records(folder)
    for source, record in tqdm(held[::every], desc="generated questions"):
        regions = from_label_map(source.label_map(record["labels"]))
        if not regions.names:
            continue
        facts = Facts.of(regions, np.asarray(source.photo(record["file"])))
        for _ in range(3):
            question = asker.ask(facts)
            kind = None if question is None else "yes or no" if question.answer in ("yes", "no") else "colour"
            if question is None or kind is None or (kind == "colour" and question.answer not in colours):
                continue
            yield kind, (source, record), question.text, question.answer
