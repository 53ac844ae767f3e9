"""A training is what its recipe says, and what is no recipe is refused in a sentence."""

import argparse
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch

from xdecoder.model.xdecoder import XDecoder
from xdecoder.train import recipe
from xdecoder.train.checkpoints import Checkpoint
from xdecoder.train.loop import Training, fresh, go_on, parser, train
from xdecoder.train.recipe import Phase, Recipe, RecipeError
from xdecoder.train.replicas import Replicas
from xdecoder.train.turns import Turn

RECIPES = Path(__file__).parents[1] / "recipes"
TWO = """
minutes = 30
rate = 0.5
batch = 4
[[phase]]
share = 0.25
crop = 128
[[phase]]
share = 0.5
batch = 6
[[phase]]
rewards_each = 1
"""


def read(*arguments: str) -> Recipe:
    parser = argparse.ArgumentParser()
    recipe.add_options(parser)
    return recipe.read(parser.parse_args(arguments))


def written(folder: Path, text: str) -> str:
    file = folder / "recipe.toml"
    file.write_text(text)
    return str(file)


def test_without_a_file_the_options_are_one_phase() -> None:
    assert read() == Recipe((Phase(),), minutes=90)
    told = read("--photos", "800", "--words-side", "160", "--without", "marks", "--rate", "2")
    assert told == Recipe((Phase(words_side=160),), photos=800, minutes=None, rate=2, without=("marks",))


def test_a_phase_says_otherwise_than_the_file_and_the_command_than_both(tmp_path: Path) -> None:
    file = written(tmp_path, TWO)
    told = read("--config", file)
    assert (told.minutes, told.photos, told.rate) == (30, None, 0.5)
    assert [(p.crop, p.batch, p.rewards_each) for p in told.phases] == [(128, 4, 0), (256, 6, 0), (256, 4, 1)]
    told = read("--config", file, "--batch", "2", "--photos", "100")
    assert (told.minutes, told.photos, [p.batch for p in told.phases]) == (None, 100, [2, 2, 2])


def test_phases_follow_the_schedule(tmp_path: Path) -> None:
    told = read("--config", written(tmp_path, TWO))
    at = [told.phases.index(told.phase(s)) for s in (0, 0.24, 0.25, 0.74, 0.76, 1)]
    assert at == [0, 0, 1, 1, 2, 2]
    assert [told.spent(10**9, seconds) for seconds in (0, 900, 1800, 9000)] == [0, 0.5, 1, 1]
    counted = Recipe((Phase(),), photos=400, minutes=None)
    assert [counted.spent(photos, 1e9) for photos in (0, 100, 400, 500)] == [0, 0.25, 1, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("photos = ", "is no TOML file"),
        ("photos = 5\nminutes = 3", "photos or minutes"),
        ("photos = 0", "above 0"),
        ("photos = 'many'", "length"),
        ("epochs = 3", "no 'epochs' in a recipe"),
        ("[[phase]]\ncrops = 3", "no 'crops' in a phase"),
        ("phase = []", "at least one phase"),
        ("phase = 3", r"begins with \[\[phase\]\]"),
        ("rate = 'fast'", "rate is a number"),
        ("without = 'marks'", "list of parts"),
        ("[[phase]]\nshare = 0.5\n[[phase]]\nshare = 0.5\n[[phase]]", "whole schedule"),
        ("[[phase]]\nshare = 'most'", "share"),
        ("[[phase]]\nmasks_each = 0", "masks_each can't be 0"),
        ("crop = 'large'", "crop can't be 'large'"),
        ("without = ['everything']", "can't leave out 'everything'"),
    ],
)
def test_what_is_no_recipe_is_said(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=said):
        read("--config", written(tmp_path, text))


def test_shipped_recipes_can_be_read() -> None:
    files = sorted(RECIPES.glob("*.toml"))
    assert [f.name for f in files] == ["continue.toml", "start.toml"]
    for file in files:
        told = read("--config", str(file))
        assert told.photos and len(told.phases) > 1
        assert sum(p.share for p in told.phases[:-1]) < 1


@dataclass
class OneNumber:
    """In place of photos: brings one parameter of the model to 5."""

    model: XDecoder
    begun: list[tuple[int, int]] = field(default_factory=list)

    def turns(self, phase: Phase, seed: int) -> list[Turn]:
        self.begun.append((phase.crop, seed))
        return [Turn("masks", lambda: {"far": (self.model.logit_scale - 5).square().sum()}, each=phase.masks_each)]


def trained(folder: Path, photos: int, *arguments: str) -> tuple[Training, OneNumber]:
    """A training of the tiny model on so many photos, or what is left of it."""
    options = ["--model", "tiny", "--out", str(folder / "tiny.pt"), "--batch", "4", "--seed", "7", *arguments]
    args = parser().parse_args(options)
    wanted = Recipe((Phase(0.5, batch=4, crop=64), Phase(batch=8, crop=96, masks_each=2)), photos, None)
    training = fresh(args, ())
    go_on(training, args, 4, torch.device("cpu"))
    data = OneNumber(training.model)
    train(training, wanted, data, Replicas(), args)  # type: ignore[arg-type]
    return training, data


def test_a_training_goes_through_its_phases_and_on_where_it_was_broken_off(tmp_path: Path) -> None:
    begin = float(fresh(parser().parse_args(["--model", "tiny"]), ()).model.logit_scale.detach())
    first, data = trained(tmp_path, 96)
    assert data.begun == [(64, 7), (96, 7 + 48)]
    assert first.photos == 96
    assert abs(float(first.model.logit_scale.detach()) - 5) < abs(begin - 5)
    saved = Checkpoint.load(tmp_path / "tiny.pt")
    assert (saved.config, saved.photos) == ("tiny", 96)
    assert (tmp_path / "tiny.csv").read_text().splitlines()[0] == "photos,seconds,loss,value"
    # A longer schedule, which the first is a third of: again in the first phase.
    longer, data = trained(tmp_path, 288)
    assert data.begun == [(64, 7 + 96), (96, 7 + 144)]
    assert longer.photos == 288 and longer.seconds > saved.seconds
    # Whole: nothing begins again.
    assert trained(tmp_path, 288)[1].begun == []


def test_a_training_begins_with_the_weights_of_another(tmp_path: Path) -> None:
    first, _ = trained(tmp_path, 96)
    (tmp_path / "next").mkdir()
    args = parser().parse_args(
        ["--model", "tiny", "--out", str(tmp_path / "next" / "tiny.pt"), "--from-checkpoint", str(tmp_path / "tiny.pt")]
    )
    training = fresh(args, ())
    origin = go_on(training, args, 4, torch.device("cpu"))
    assert origin is not None and training.photos == 0
    for weights in (origin.state_dict(), training.model.state_dict()):
        assert torch.equal(weights["logit_scale"], first.average.weights["logit_scale"])
