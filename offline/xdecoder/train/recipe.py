"""What a training does and for how long: from a TOML file, the command's options, or both.

    photos = 12000        # length of the cosine schedule, the same on every machine; or minutes = 90
    rate = 1.0            # factor on all learning rates
    batch = 8             # what every phase does, unless it says otherwise: fields of `Phase`

    [[phase]]
    share = 0.6           # of the schedule; the last phase takes what is left
    crop = 256

    [[phase]]
    crop = 320
"""

import argparse
import tomllib
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from .build import IMAGENET
from .steps import MARKS, PHRASES

# What `without` can leave out; the distilled text encoder is left out where `--text` is not given.
PSEUDO_LABELS, AUGMENTATION = "pseudo-labels", "augmentation"
PARTS = (IMAGENET, PSEUDO_LABELS, AUGMENTATION, PHRASES, MARKS)


class RecipeError(ValueError):
    """A recipe that says something unknown or impossible."""


# Of these there must be at least one. Batches with masks are what photos are counted by.
POSITIVE = {"batch", "words_batch", "crop", "words_side", "questions_side", "masks_each", "more_every"}


def _option(default: int, told: str) -> Any:
    return field(default=default, metadata={"told": told})


@dataclass(frozen=True)
class Phase:
    """A part of a training. share: of its schedule."""

    share: float = 1.0
    batch: int = _option(8, "photos with regions a batch")
    words_batch: int = _option(8, "photos with captions, or with questions, a batch")
    crop: int = _option(256, "px, of the square cut from photos with regions")
    words_side: int = _option(224, "px; Flickr8k's photos have no more; 160 is faster")
    questions_side: int = _option(224, "px of photos with people's questions")
    masks_each: int = _option(1, "batches with masks a step")
    more_every: int = _option(1, "batches with masks to one with phrases and questions")
    captions_each: int = _option(2, "batches of captions a step")
    retrieval_each: int = _option(3, "batches of many sentences a step")
    rewards_each: int = _option(0, "batches of sentences of its own a step: late")
    spoken_every: int = _option(2, "steps to a batch of generated sentences; 0: never")
    questions_every: int = _option(1, "steps to a batch of people's questions; 0: never")

    def __post_init__(self) -> None:
        if not isinstance(self.share, int | float) or not 0 < self.share <= 1:
            raise RecipeError(f"a phase's share of the schedule lies between 0 and 1, not at {self.share!r}")
        for f in OPTIONS:
            value = getattr(self, f.name)
            if not isinstance(value, int) or value < (f.name in POSITIVE):
                raise RecipeError(f"{f.name} can't be {value!r}: it is a number of {f.metadata['told']}")


OPTIONS: tuple[Field[Any], ...] = tuple(f for f in fields(Phase) if f.name != "share")


@dataclass(frozen=True)
class Recipe:
    """photos or minutes: the length; one of them is None."""

    phases: tuple[Phase, ...]
    photos: int | None = None
    minutes: float | None = 90.0
    rate: float = 1.0
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.photos is None) == (self.minutes is None):
            raise RecipeError("a recipe's length is photos or minutes, and not both")
        length = self.minutes if self.photos is None else self.photos
        if not isinstance(length, int | float) or length <= 0:
            raise RecipeError(f"a recipe's length is a number above 0, not {length!r}")
        unknown = sorted(set(self.without) - set(PARTS))
        if unknown:
            raise RecipeError(f"can't leave out {unknown[0]!r}; there are {', '.join(PARTS)}")
        if not isinstance(self.rate, int | float) or self.rate <= 0:
            raise RecipeError(f"the rate is a number above 0, not {self.rate!r}")
        if not self.phases:
            raise RecipeError("a recipe has at least one phase")
        if sum(phase.share for phase in self.phases[:-1]) >= 1:
            raise RecipeError("the phases before the last take the whole schedule")

    def spent(self, photos: int, seconds: float) -> float:
        """The share of the schedule, up to 1, behind a training that has seen photos with regions for some seconds."""
        done = photos / self.photos if self.photos else seconds / (60 * (self.minutes or 1))
        return min(1.0, done)

    def phase(self, spent: float) -> Phase:
        """The phase at a share of the schedule."""
        end = 0.0
        for phase in self.phases[:-1]:
            end += phase.share
            if spent < end:
                return phase
        return self.phases[-1]


def add_options(parser: argparse.ArgumentParser) -> None:
    """What `read` takes from the command: each option goes for all phases and before what the file says."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="a recipe (offline/recipes); options go before it")
    parser.add_argument("--minutes", type=float, help="of the cosine schedule, resumed time counted; 90 by default")
    parser.add_argument("--photos", type=int, help="with regions, in place of --minutes: the same on every machine")
    parser.add_argument("--rate", type=float, help="factor on all learning rates")
    parser.add_argument("--without", nargs="+", choices=PARTS, help="parts to leave out, to see their worth")
    for f in OPTIONS:
        told = f"{f.metadata['told']} ({f.default})"
        parser.add_argument(f"--{f.name.replace('_', '-')}", type=int, metavar="N", help=told)


def read(args: argparse.Namespace) -> Recipe:
    """The recipe of a command. RecipeError or OSError where its file is none."""
    told = _file(args.config) if args.config else {}
    given = {f.name: getattr(args, f.name) for f in OPTIONS if getattr(args, f.name) is not None}
    everywhere = {f.name: told.pop(f.name) for f in OPTIONS if f.name in told}
    own = told.pop("phase", [{}])
    if not isinstance(own, list) or not all(isinstance(phase, dict) for phase in own):
        raise RecipeError("a phase is a table that begins with [[phase]]")
    phases = tuple(Phase(**_known({**everywhere, **phase, **given}, Phase)) for phase in own)
    if args.photos is not None or args.minutes is not None:
        told |= {"photos": args.photos, "minutes": args.minutes}
    elif "photos" in told:
        told.setdefault("minutes", None)
    told |= {k: v for k in ("rate", "without") if (v := getattr(args, k)) is not None}
    without = told.get("without", [])
    if not isinstance(without, list):
        raise RecipeError(f"without is a list of parts, not {without!r}")
    return Recipe(**_known({**told, "phases": phases, "without": tuple(without)}, Recipe))


def _known(told: dict[str, Any], kind: type[Phase | Recipe]) -> dict[str, Any]:
    unknown = sorted(told.keys() - {f.name for f in fields(kind)})
    if unknown:
        raise RecipeError(f"there is no {unknown[0]!r} in a {kind.__name__.lower()}")
    return told


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"this is no TOML file: {error}") from error
