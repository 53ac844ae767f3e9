"""Exceptions as a result line says them: code, stage and a sentence."""

from ..preprocess import ImageError
from ..runtime import UnavailableError
from .requests import RequestError

FAILURES: tuple[tuple[type[Exception], str, str], ...] = (
    (ImageError, "picture-damaged", "decode"),
    (UnavailableError, "task-unavailable", "input"),
    (RequestError, "bad-input", "input"),
    (ValueError, "bad-input", "input"),
    (MemoryError, "out-of-memory", "infer"),
    (Exception, "internal", "infer"),
)


def failure(error: Exception) -> dict[str, str]:
    code, stage = next((c, s) for kind, c, s in FAILURES if isinstance(error, kind))
    if isinstance(error, ImageError) and "not a picture" in str(error):
        code = "not-a-picture"
    return {"code": code, "stage": stage, "message": str(error) or type(error).__name__}
