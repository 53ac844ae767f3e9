"""The size that a task's picture is fed at, and the task's options: the pack's, of a small model's checkpoint those of
the pack that is made of it, of an official one the demos' (spec section 2).
"""

from dataclasses import dataclass
from typing import Any

from ..export.graphs import roles_of
from ..export.profiles import Profile, profile_of
from ..export.task_table import task_entries
from ..preprocess import InputSize, Resample
from ..runtime import Runtime, UnavailableError
from ..runtime.pack_runtime import PackRuntime
from ..runtime.torch_runtime import TorchRuntime

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


# This command's names of tasks -> the manifest's.
ROWS = {
    "region-caption": "region_caption",
    "embed": "retrieval",
    "retrieve": "retrieval",
    "region-retrieve": "region_retrieval",
}


def _row(task: str) -> str:
    return ROWS.get(task, task)


@dataclass(frozen=True)
class Table:
    """Of a manifest: its tasks, its sizes, its filter."""

    tasks: dict[str, Any]
    sizes: dict[str, Any]
    resample: Resample


def small_profile(runtime: Runtime) -> Profile | None:
    """Of a small model's checkpoint; None for packs and official ones."""
    if isinstance(runtime, TorchRuntime) and len(runtime.info.templates) == 1:
        return profile_of(runtime.model.config)
    return None


def _table(runtime: Runtime) -> Table | None:
    """None for official checkpoints."""
    if isinstance(runtime, PackRuntime):
        manifest = runtime.pack.manifest
        return Table(manifest["tasks"], manifest["sizes"], manifest["preprocess"]["resample"])
    if isinstance(runtime, TorchRuntime) and (profile := small_profile(runtime)):
        config = runtime.model.config
        return Table(task_entries(config, profile, roles_of(config)), profile.sizes, profile.resample)
    return None


class Sizes:
    """Size and filter for a task; raises UnavailableError where the pack leaves the task out."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self._table = runtime, _table(runtime)

    def check(self, task: str) -> None:
        """Raises UnavailableError where the model can't do the task at all."""
        info = self.runtime.info
        needed = "prompt" if info.seem and task in PROMPTED else ROLES.get(task, "base")
        if needed not in info.roles:
            raise UnavailableError(f"{task}: {info.name} has no weights for it")
        self.of(task)

    def of(self, task: str) -> tuple[InputSize, Resample]:
        if self._table is None:
            return OFFICIAL[task], "bicubic"
        entry = self._table.tasks.get(_row(task), {"reason": "the pack does not know this task"})
        if not entry.get("available"):
            raise UnavailableError(f"{task}: {entry.get('reason', 'not in this pack')}")
        return InputSize.of_entry(self._table.sizes[entry["size"]]), self._table.resample

    def mirrored(self, task: str) -> InputSize | None:
        """Size of the mirror image that the task sees as well, None where it sees none."""
        name = self._options(task).get("mirrored")
        return InputSize.of_entry(self._table.sizes[name]) if self._table and name else None

    def option(self, task: str, name: str, default: float) -> float:
        if self._table is None:
            # SEEM's whole-picture results keep more queries (spec section 11).
            return 0.4 if name == "objectMask" and self.runtime.info.seem else default
        return float(self._options(task).get(name, default))

    def _options(self, task: str) -> dict[str, Any]:
        entry: dict[str, Any] = self._table.tasks.get(_row(task), {}) if self._table else {}
        options: dict[str, Any] = entry.get("options", {})
        return options
