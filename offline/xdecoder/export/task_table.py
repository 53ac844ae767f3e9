"""Tasks of a pack: which graphs each takes, at which size, and why one is missing."""

from dataclasses import dataclass
from typing import Any

from ..model.config import XDecoderConfig
from .graphs import roles_of
from .profiles import Profile


@dataclass(frozen=True)
class Task:
    """`reason` is said where the model has no such weights at all."""

    graphs: tuple[str, ...]
    size: str
    reason: str


NO_ANSWERS = "This model has no answer classifier; answering needs a VQA checkpoint."
NO_CAPTIONS = "Models with visual prompts (SEEM) carry no caption or retrieval weights."
TASKS: dict[str, Task] = {
    "semantic": Task(("image", "base"), "segmentation", ""),
    "panoptic": Task(("image", "base"), "segmentation", ""),
    "instance": Task(("image", "base"), "segmentation", ""),
    "referring": Task(("image", "text", "ground"), "segmentation", ""),
    "caption": Task(("image", "caption_prefill", "caption_step"), "caption", NO_CAPTIONS),
    "region_caption": Task(("image", "caption_prefill", "caption_step"), "caption", NO_CAPTIONS),
    "retrieval": Task(("image", "base", "text"), "retrieval", NO_CAPTIONS),
    "region_retrieval": Task(("image", "base", "text", "ground"), "retrieval", NO_CAPTIONS),
    "vqa": Task(("image", "text", "vqa"), "vqa", NO_ANSWERS),
    # Without visual prompts a click chooses among the proposals of the base pass.
    "pick": Task(("image", "base"), "segmentation", ""),
}
# SEEM refers through its prompted pass, with text tokens and no visual prompt.
SEEM_REFERRING = ("image", "text", "prompted")
PROMPTED_PICK = ("image", "prompt", "prompted")


def graphs_of(name: str, config: XDecoderConfig) -> tuple[str, ...]:
    """Graphs that a task takes in a model of this configuration."""
    if name == "referring" and config.seem:
        return SEEM_REFERRING
    return PROMPTED_PICK if name == "pick" and config.visual_prompts else TASKS[name].graphs


def options(task: str, profile: Profile) -> dict[str, float | str]:
    found: dict[str, float | str] = {}
    if task == "semantic":
        found = {"temperature": profile.temperature} if profile.temperature != 1 else {}
        found |= {"prior": profile.prior} if profile.prior else {}
    elif task == "panoptic":
        found = {"objectMask": profile.object_mask, "overlap": profile.overlap}
        found |= {"nms": profile.nms} if profile.nms < 1 else {}
    elif task == "instance":
        found = {"minScore": min(0.5, profile.object_mask)}
    elif task == "referring":
        found = {"minScore": profile.min_score}
    elif task == "pick" and profile.score_scale is not None:
        found = {"scoreScale": profile.score_scale}
        found |= {"closer": profile.closer} if profile.closer else {}
    elif task == "vqa":
        found = dict(profile.lookup)
    elif task in ("caption", "region_caption") and profile.beams > 1:
        found = {"beams": profile.beams}
        if task == "caption" and profile.consensus:
            found |= {"consensusGrowing": profile.consensus_growing, "consensus": profile.consensus}
    found |= {"background": profile.background[task]} if task in profile.background else {}
    return found | ({"mirrored": profile.mirrored[task]} if task in profile.mirrored else {})


def task_entries(config: XDecoderConfig, profile: Profile, roles: list[str]) -> dict[str, Any]:
    """The manifest's `tasks`. A task needs its graphs in the pack and weights that were trained for it."""
    entries: dict[str, Any] = {}
    for name, task in TASKS.items():
        graphs = graphs_of(name, config)
        if name == "vqa" and profile.lookup:
            # A map of its name says where the thing is that a question is about.
            graphs = (*graphs, "base")
        if not set(graphs) <= set(roles_of(config)) or (config.seem and task.reason == NO_CAPTIONS):
            entries[name] = {"available": False, "reason": task.reason}
        elif not set(graphs) <= set(roles) or (profile.trained is not None and name not in profile.trained):
            entries[name] = {"available": False, "reason": f"{profile.title} was not trained for this task."}
        else:
            size = task.size if task.size in profile.sizes else "segmentation"
            entries[name] = {
                "available": True, "size": size, "graphs": list(graphs), "options": options(name, profile)
            }
    return entries


def needed_roles(config: XDecoderConfig, profile: Profile) -> list[str]:
    """Graphs worth writing: all that the model has, or those of the trained tasks."""
    have = roles_of(config)
    if profile.trained is None:
        return have
    wanted = {graph for task in profile.trained for graph in graphs_of(task, config)}
    return [role for role in have if role in wanted | {"image", "base", "text"}]
