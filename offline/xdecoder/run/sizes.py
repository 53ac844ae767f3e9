"""The size that a task's picture is fed at: the pack's, or for a bare checkpoint the demos' (spec section 2)."""

from ..preprocess import InputSize, Resample
from ..runtime import Runtime, UnavailableError
from ..runtime.pack_runtime import PackRuntime

SEGMENTATION = InputSize(512, demo=True)
CAPTION = InputSize(224, demo=True)
OFFICIAL: dict[str, InputSize] = {
    "semantic": SEGMENTATION,
    "panoptic": SEGMENTATION,
    "instance": InputSize(800, demo=True),
    "referring": SEGMENTATION,
    "pick": SEGMENTATION,
    "caption": CAPTION,
    "region-caption": CAPTION,
    "embed": CAPTION,
    "retrieve": CAPTION,
    "region-retrieve": CAPTION,
    "vqa": InputSize(640, square=True),
}
# The runtime's role that a task can't do without, where it is more than the base pass.
ROLES = {
    "referring": "ground",
    "region-retrieve": "ground",
    "caption": "caption",
    "region-caption": "caption",
    "vqa": "vqa",
}
PROMPTED = ("referring", "pick")
# The small models are trained and packed for one size.
SMALL = InputSize(384, 640)


# This command's names of tasks -> the manifest's.
ROWS = {
    "region-caption": "region_caption",
    "embed": "retrieval",
    "retrieve": "retrieval",
    "region-retrieve": "region_retrieval",
}


def _row(task: str) -> str:
    return ROWS.get(task, task)


class Sizes:
    """Size and filter for a task; raises UnavailableError where the pack leaves the task out."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    def check(self, task: str) -> None:
        """Raises UnavailableError where the model can't do the task at all."""
        info = self.runtime.info
        needed = "prompt" if info.seem and task in PROMPTED else ROLES.get(task, "base")
        if needed not in info.roles:
            raise UnavailableError(f"{task}: {info.name} has no weights for it")
        self.of(task)

    def of(self, task: str) -> tuple[InputSize, Resample]:
        if isinstance(self.runtime, PackRuntime):
            return self._packed(task, self.runtime)
        if len(self.runtime.info.templates) == 1:
            return SMALL, "bilinear"
        return OFFICIAL[task], "bicubic"

    def option(self, task: str, name: str, default: float) -> float:
        if isinstance(self.runtime, PackRuntime):
            entry = self.runtime.pack.manifest["tasks"].get(_row(task), {})
            return float(entry.get("options", {}).get(name, default))
        # SEEM's whole-picture results keep more queries (spec section 11).
        return 0.4 if name == "objectMask" and self.runtime.info.seem else default

    @staticmethod
    def _packed(task: str, runtime: PackRuntime) -> tuple[InputSize, Resample]:
        manifest = runtime.pack.manifest
        entry = manifest["tasks"].get(_row(task), {"reason": "the pack does not know this task"})
        if not entry.get("available"):
            raise UnavailableError(f"{task}: {entry.get('reason', 'not in this pack')}")
        size = manifest["sizes"][entry["size"]]
        square = bool(size.get("square"))
        return InputSize(size["shortSide"], size.get("maxLongSide"), square), manifest["preprocess"]["resample"]
