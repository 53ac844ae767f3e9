"""Label maps to regions: a mask and a name each, and the pixels about which nothing is known."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .names import COCO_OF, THINGS, VOC_THINGS, VOCABULARIES

MIN_SHARE, MIN_PIXELS = 0.0005, 32


@dataclass
class Regions:
    """masks (N, H, W) bool, names [N], vocabulary id, unknown (H, W) bool; known: names the labels could have used;
    unsure: of those, names of what is there without a mask (a crowd, what is too small): never said to be absent.
    """

    masks: np.ndarray
    names: list[str]
    vocabulary: str
    unknown: np.ndarray
    known: list[str]
    unsure: frozenset[str] = frozenset()


def _components(mask: np.ndarray, smallest: int) -> list[np.ndarray]:
    """Connected parts of at least `smallest` pixels, largest first."""
    labels, count = ndimage.label(mask, structure=np.ones((3, 3), int))
    areas = np.bincount(labels.ravel(), minlength=count + 1)
    areas[0] = 0
    order = [int(i) for i in np.argsort(-areas) if areas[i] >= smallest]
    return [labels == i for i in order]


def from_label_map(labels: np.ndarray, vocabulary: str = "ade150") -> Regions:
    """(H, W) label values, k + 1 = class k, 0 = unknown. Things become connected components, stuff one mask a class."""
    names = VOCABULARIES[vocabulary]
    smallest = max(MIN_PIXELS, int(MIN_SHARE * labels.size))
    masks, found = [], []
    unknown = labels == 0
    for value in np.unique(labels):
        if value == 0:
            continue
        name, mask = names[value - 1], labels == value
        parts = _components(mask, smallest) if name in THINGS else [mask] if mask.sum() >= smallest else []
        masks += parts
        found += [name] * len(parts)
        crumbs = mask.copy()
        for part in parts:
            crumbs &= ~part
        unknown = unknown | crumbs
    stacked = np.stack(masks) if masks else np.zeros((0, *labels.shape), bool)
    return Regions(stacked, found, vocabulary, unknown, names)


def from_teachers(ade: np.ndarray, voc: np.ndarray, boxes: np.ndarray, coco_names: list[str]) -> Regions:
    """Pseudo-labels: things where the VOC map and a detector box agree, everything else from the ADE-32 map.

    ade (H, W): 0 or 1..31; voc (H, W): 0..20; boxes (M, 6): x0, y0, x1, y1, score, COCO class. Where the teachers
    contradict each other nothing is known.
    """
    h, w = ade.shape
    smallest = max(2 * MIN_PIXELS, int(2 * MIN_SHARE * ade.size))
    masks, names = [], []
    taken = np.zeros((h, w), bool)
    unknown = np.zeros((h, w), bool)
    yy, xx = np.mgrid[:h, :w]
    for value, name in VOC_THINGS.items():
        mask = voc == value
        if mask.sum() < smallest:
            unknown |= mask
            continue
        coco = COCO_OF.get(name, name)
        mine = [b for b in boxes if coco_names[int(b[5])] == coco and b[4] >= 0.3]
        agreed = np.zeros((h, w), bool)
        if mine:
            # A pixel goes to the box whose centre is nearest in box widths and heights, if it lies in any.
            x0, y0, x1, y1 = (np.array([b[i] for b in mine])[:, None, None] for i in range(4))
            inside = (xx >= x0 - 2) & (xx <= x1 + 2) & (yy >= y0 - 2) & (yy <= y1 + 2)
            distance = np.abs(xx - (x0 + x1) / 2) / (x1 - x0 + 1) + np.abs(yy - (y0 + y1) / 2) / (y1 - y0 + 1)
            owner = np.where(inside, distance, np.inf).argmin(0)
            for i in range(len(mine)):
                part = mask & inside[i] & (owner == i)
                if part.sum() >= smallest:
                    masks.append(part)
                    names.append(name)
                    agreed |= part
        unknown |= mask & ~agreed
        taken |= mask
    for value in np.unique(ade):
        if value == 0:
            continue
        name = VOCABULARIES["ade150"][value - 1]
        mask = (ade == value) & ~taken
        # A person, car or the like that only the ADE map sees is too uncertain to teach as a region of its own.
        if name in VOC_THINGS.values() or mask.sum() < smallest:
            unknown |= mask
            continue
        for part in _components(mask, smallest) if name in THINGS else [mask]:
            masks.append(part)
            names.append(name)
    unknown |= (ade == 0) & ~taken
    stacked = np.stack(masks) if masks else np.zeros((0, h, w), bool)
    return Regions(stacked, names, "pseudo", unknown, VOCABULARIES["pseudo"])
