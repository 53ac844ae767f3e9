"""From a model to a pack: graph wrappers, ONNX export, numeric check, precision variants, manifest."""

from collections.abc import Sequence
from pathlib import Path


def export_pack(
    checkpoint: Path, out: Path, *, precision: str | Sequence[str] = "fp32", tokenizer: Path | None = None
) -> None:
    """A checkpoint to a pack without presets, for comparisons; `python -m xdecoder.export` writes whole ones."""
    from .pack import PackRequest, write_pack
    from .source import from_checkpoint

    source = from_checkpoint(checkpoint, tokenizer)
    precisions = (precision,) if isinstance(precision, str) else tuple(precision)
    write_pack(source.model, out, PackRequest(source.profile, source.tokenizer, source.origin, precisions, ()))


__all__ = ["export_pack"]
