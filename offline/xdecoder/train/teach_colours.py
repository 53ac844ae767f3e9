"""Teaches the classifier of answers what a picture of one colour is called; all other weights stay as they are.

    python -m xdecoder.train.teach_colours --checkpoint runs/long.pt --out runs/taught.pt

A question about a thing's colour is asked of that colour alone as well (`tasks/lookup.py`), and no photo looks like
that. Colours are those of labelled things, called by the rule that names them in phrases, and of things that people
were asked about, called as they called them. To photos the classifier goes on answering as it did.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from .. import command
from ..data.questions import Asker, Facts, colour_questions
from ..data.regions import from_label_map
from ..data.samples import Sampler
from ..data.shards import Shards, ade_records
from ..data.words import daquar_questions
from ..evaluate.subject import Subject
from ..export.profiles import DEFAULT as PROFILE
from ..tasks.asked import asked_of
from ..tasks.lookup import colour_under, find
from ..vocabulary import small_answers
from .finished import Finished
from .steps import Bench
from .words import answer_states, picture

SIDE = int(PROFILE.sizes["vqa"]["shortSide"])
QUESTIONS, COLOURS, BATCH = 6, 2, 8
LR, WEIGHT_DECAY, ROWS = 1e-3, 1e-2, 256
# Of each batch of rows: photos, and colours alone.
SHARES = {"photos": 0.5, "colours": 0.25, "rooms": 0.1, "rooms' colours": 0.15}
# How much it counts that photos are answered as before.
AS_BEFORE = 4.0
# Added to states, in parts of their spread.
NOISE = 0.05


@dataclass(frozen=True)
class Sight:
    """image (SIDE, SIDE, 3) uint8, questions about it, and the index of the right answer, where that is taught."""

    image: np.ndarray
    questions: list[str]
    answer: int | None = None


def even(colour: np.ndarray) -> np.ndarray:
    """A picture of one colour (3,)."""
    return np.broadcast_to(np.round(colour).astype(np.uint8), (SIDE, SIDE, 3))


def labelled(folder: Path, answers: dict[str, int]) -> Iterator[tuple[str, Sight]]:
    """Parts of ADE20K's photos with generated questions, and the colours of things in them."""
    rng, sampler = np.random.default_rng(1), Sampler(1, SIDE)
    asker = Asker(rng)
    for shards, record in tqdm(ade_records(folder)[0], desc="photos with labels"):
        image, (labels,), _ = sampler.cut(shards.photo(record["file"]), [shards.label_map(record["labels"])])
        regions = from_label_map(labels)
        if not regions.names:
            continue
        facts = Facts.of(regions, image)
        asked = [q.text for q in (asker.ask(facts) for _ in range(QUESTIONS)) if q is not None]
        if len(asked) == QUESTIONS:
            yield "photos", Sight(image, asked)
        for name, colour in rng.permutation([c for c in facts.colours if c[1] in answers])[:COLOURS].tolist():
            seen = np.median(image[regions.masks[regions.names.index(name)]], 0)
            (question,) = colour_questions([(name, colour)], rng)
            yield "colours", Sight(even(seen), [question.text], answers[colour])


def asked_by_people(folder: Path, subject: Subject) -> Iterator[tuple[str, Sight]]:
    """DAQUAR's photos with its questions, and the colours where the model sees what people asked the colour of."""
    rng, shards = np.random.default_rng(2), Shards(folder, "daquar", "train")
    config = subject.runtime.info.preprocess
    mean, std = np.array(config.mean), np.array(config.std)
    for file, asked in tqdm(daquar_questions(shards).items(), desc="photos with people's questions"):
        photo = shards.photo(file)
        image = np.asarray(photo.resize((SIDE, SIDE)))
        yield "rooms", Sight(image, [asked[i][0] for i in rng.integers(len(asked), size=QUESTIONS)])
        colours = [(q, about.thing, right) for q, right in asked if (about := asked_of(q)) and about.about == "colour"]
        if not colours:
            continue
        opened = subject.look(photo)
        for question, thing, right in colours:
            seen = colour_under(opened, find(opened, subject.codec, thing)).numpy() * std + mean
            yield "rooms' colours", Sight(even(seen), [question], right[0])


@torch.no_grad()
def states_of(bench: Bench, sights: list[Sight]) -> Tensor:
    """(N, d): what the classifier is given for each question, photo by photo."""
    out = []
    for i in tqdm(range(0, len(sights), BATCH), desc="questions"):
        some = sights[i : i + BATCH]
        ids = bench.ids([q for s in some for q in s.questions]).unflatten(0, (len(some), -1))
        with bench.half():
            memory, _ = picture(bench.model, bench.pixels(np.stack([s.image for s in some])), bench.geometry)
            out.append(answer_states(bench.model, memory, ids).float().flatten(0, 1))
    return torch.cat(out)


def fit(classifier: nn.Module, states: dict[str, Tensor], right: dict[str, Tensor], steps: int) -> nn.Module:
    """A copy that answers rows of states (N, d) with what is right (N,), and those without as it did before."""
    taught, rng = copy.deepcopy(classifier).requires_grad_(True), torch.Generator().manual_seed(1)
    optimizer = torch.optim.AdamW(taught.parameters(), lr=LR, weight_decay=WEIGHT_DECAY)
    spread = torch.cat(list(states.values())).std(0)
    with torch.no_grad():
        before = {kind: classifier(rows).log_softmax(1) for kind, rows in states.items() if kind not in right}
    for step in tqdm(range(steps), desc="classifier"):
        for group in optimizer.param_groups:
            group["lr"] = LR * 0.5 * (1 + np.cos(np.pi * step / steps))
        losses = []
        for kind, rows in states.items():
            drawn = torch.randint(len(rows), (int(ROWS * SHARES[kind]),), generator=rng)
            noise = NOISE * spread * torch.randn(len(drawn), rows.shape[1], generator=rng)
            said = taught(rows[drawn] + noise).log_softmax(1)
            if kind in right:
                losses.append(F.nll_loss(said, right[kind][drawn], reduction="sum"))
            else:
                losses.append(AS_BEFORE * F.kl_div(said, before[kind][drawn], reduction="sum", log_target=True))
        optimizer.zero_grad()
        (torch.stack(losses).sum() / ROWS).backward()
        optimizer.step()
    return taught.eval()


def main() -> None:
    parser = Finished.parser(__doc__)
    parser.add_argument("--steps", type=int, default=800)
    args = parser.parse_args()
    finished = Finished.of(args)
    bench = Bench(finished.model, finished.ids, SIDE)
    sights: dict[str, list[Sight]] = {kind: [] for kind in SHARES}
    answers = {a: i for i, a in small_answers().items()}
    for source in (labelled(finished.folder, answers), asked_by_people(finished.folder, finished.subject)):
        for kind, sight in source:
            sights[kind].append(sight)
    states = {kind: states_of(bench, some) for kind, some in sights.items()}
    right = {k: torch.tensor([s.answer for s in some]) for k, some in sights.items() if some[0].answer is not None}
    classifier = finished.model.decoder.vqa_classifier.float()
    taught = fit(classifier, states, right, args.steps)
    weights = {f"decoder.vqa_classifier.{k}": v for k, v in taught.state_dict().items()}
    finished.save(weights, args.out)
    for kind, answer in right.items():
        found = [(c(states[kind]).argmax(1) == answer).float().mean() for c in (classifier, taught)]
        print(f"{kind}: {len(answer)}, {100 * found[0]:.1f} % named right before, {100 * found[1]:.1f} % now")
    print(f"wrote {args.out}")


if __name__ == "__main__":
    command.run(main)
