"""Published checkpoints: what they are, whether they are whole, and how their names map to this model."""

from .errors import CheckpointError
from .load import Loaded, load_checkpoint

__all__ = ["CheckpointError", "Loaded", "load_checkpoint"]
