"""Canonical names: one word for each concept that several label sets share, and other words for it."""

from ..vocabulary import ade150

# Pascal VOC index -> canonical name; furniture and plants are left to the ADE labels, which are better there.
VOC_THINGS: dict[int, str] = {
    1: "airplane", 2: "bicycle", 3: "bird", 4: "boat", 5: "bottle", 6: "bus", 7: "car", 8: "cat", 10: "cow",
    12: "dog", 13: "horse", 14: "motorcycle", 15: "person", 17: "sheep", 19: "train", 20: "tv",
}  # fmt: skip
# Canonical name -> COCO detector label.
COCO_OF: dict[str, str] = {"airplane": "aeroplane", "motorcycle": "motorbike", "tv": "tvmonitor"}

ADE_COUNT_OF_TEACHER = 31

_ADE = ade150().names
VOCABULARIES: dict[str, list[str]] = {
    "ade150": list(_ADE),
    "pseudo": list(dict.fromkeys([*_ADE[:ADE_COUNT_OF_TEACHER], *VOC_THINGS.values()])),
}

THINGS: frozenset[str] = frozenset(
    [n for n, thing in zip(_ADE, ade150().is_thing, strict=True) if thing] + list(VOC_THINGS.values())
)

SYNONYMS: dict[str, list[str]] = {
    "person": ["someone", "human", "pedestrian"],
    "building": ["house", "edifice"],
    "car": ["automobile", "vehicle"],
    "sofa": ["couch"],
    "tv": ["television", "monitor", "screen"],
    "window": ["windowpane"],
    "sidewalk": ["pavement"],
    "earth": ["ground", "soil", "dirt"],
    "road": ["street"],
    "grass": ["lawn"],
    "plant": ["shrub", "bush"],
    "curtain": ["drape"],
    "mountain": ["hill"],
    "rug": ["carpet"],
    "painting": ["picture"],
    "sea": ["ocean"],
    "refrigerator": ["fridge"],
    "airplane": ["plane", "aeroplane"],
    "bicycle": ["bike"],
    "motorcycle": ["motorbike"],
    "dog": ["puppy", "hound"],
    "cat": ["kitten", "kitty"],
    "horse": ["pony"],
    "cow": ["cattle"],
    "boat": ["ship"],
    "trash can": ["ashcan", "bin"],
    "street lamp": ["streetlight", "lamp post"],
    "clothes": ["clothing", "apparel"],
    "animal": ["creature"],
    "cushion": ["pillow"],
    "desk": ["writing table"],
    "lamp": ["light"],
    "stairs": ["steps"],
    "pool": ["swimming pool"],
}


# What a name's things may be, of which labels say no more: enough to point with, too little to say or to count.
NARROWER: dict[str, list[str]] = {"person": ["man", "woman"]}


def words_for(name: str) -> list[str]:
    """The name and its synonyms: what may be said of a thing of this label."""
    return [name, *SYNONYMS.get(name, [])]


def words_to_point(name: str) -> list[str]:
    """Also the narrower words, by which a thing of this label may be meant."""
    return [name, *NARROWER.get(name, []), *SYNONYMS.get(name, [])]


# Plurals that no rule gives.
PLURALS = {
    "person": "people", "someone": "people", "man": "men", "woman": "women", "sheep": "sheep", "shelf": "shelves",
    "cattle": "cattle", "clothes": "clothes", "clothing": "clothes", "stairs": "stairs", "steps": "steps",
    "chest of drawers": "chests of drawers",
}  # fmt: skip


def plural(name: str) -> str:
    """Of a name or another word for it."""
    if name in PLURALS:
        return PLURALS[name]
    if name.endswith(("s", "x", "ch", "sh")):
        return f"{name}es"
    return f"{name[:-1]}ies" if name.endswith("y") and name[-2] not in "aeiou" else f"{name}s"
