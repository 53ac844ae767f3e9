"""Where the weights of a pack come from: a checkpoint file, or generated ones for a configuration."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from ..checkpoints import CheckpointError, load_checkpoint
from ..data.tokenizer import train
from ..model.config import DEFAULT, FOCAL_L, FOCAL_T, TINY, TINY_SEEM, XDecoderConfig
from ..model.xdecoder import XDecoder
from ..parity.weights import generated_model
from ..vocabulary import ade150, coco133, templates
from ..vocabulary.clip import clip_tokenizer
from .profiles import Profile, profile_of

CONFIGS: dict[str, XDecoderConfig] = {c.name: c for c in (DEFAULT, TINY, TINY_SEEM, FOCAL_T, FOCAL_L)}
# The small models', where they are trained; else the shipped pack's, which is the same.
DEFAULT_TOKENIZER = Path("runs/data/tokenizer.json")
SHIPPED_TOKENIZER = Path(__file__).parents[3] / "public" / "models" / "default" / "tokenizer.json"


@dataclass(frozen=True)
class Source:
    model: XDecoder
    profile: Profile
    tokenizer: Tokenizer
    origin: dict[str, str]


def small_tokenizer(size: int) -> Tokenizer:
    """A tokenizer of the default model's make, trained on the class names: for models of tests."""
    words = [*ade150().names, *coco133().names, *templates()]
    return train(words, size)


def usual_tokenizer() -> Path:
    """Of the default model's checkpoints."""
    return DEFAULT_TOKENIZER if DEFAULT_TOKENIZER.exists() else SHIPPED_TOKENIZER


def tokenizer_for(config: XDecoderConfig, path: Path | None) -> Tokenizer:
    if path is not None:
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing: give the model's tokenizer.json with --tokenizer")
        try:
            return Tokenizer.from_file(str(path))
        except Exception as error:  # tokenizers raises bare Exception
            raise CheckpointError(f"{path} is not a tokenizer.json: {error}") from error
    if config.name.startswith("tiny"):
        return small_tokenizer(config.text.vocabulary)
    if config.text.vocabulary == clip_tokenizer().get_vocab_size():
        return clip_tokenizer()
    return tokenizer_for(config, usual_tokenizer())


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def from_checkpoint(path: Path, tokenizer: Path | None = None) -> Source:
    loaded = load_checkpoint(path)
    origin = {"checkpoint": path.name, "sha256": file_digest(path)}
    return Source(loaded.model, profile_of(loaded.config), tokenizer_for(loaded.config, tokenizer), origin)


def generated(name: str, tokenizer: Path | None = None) -> Source:
    """Deterministic pseudo-random weights."""
    config = CONFIGS[name]
    origin = {"checkpoint": "generated", "sha256": ""}
    return Source(generated_model(config), profile_of(config), tokenizer_for(config, tokenizer), origin)
