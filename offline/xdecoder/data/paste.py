"""Copy-paste of instances: things of earlier photos on this one, which shows rare things oftener and in new places."""

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from .names import THINGS
from .regions import Regions

# Of the picture's area: smaller cut-outs are crumbs, larger ones hide the photo.
AREA = (0.004, 0.2)
SIZE = (0.6, 1.4)
KEPT_A_NAME = 6


@dataclass
class CutOut:
    """image (h, w, 3) uint8; mask (h, w) bool; both of the instance's bounding box."""

    image: np.ndarray
    mask: np.ndarray


class Paster:
    """Keeps a few instances of each name and pastes one now and then, each name as likely as any other."""

    def __init__(self, rng: np.random.Generator, chance: float = 0.35) -> None:
        self.rng, self.chance = rng, chance
        self.kept: dict[str, list[CutOut]] = {}

    def __call__(self, image: np.ndarray, regions: Regions) -> tuple[np.ndarray, Regions]:
        """image (H, W, 3) uint8 and its regions, maybe with something pasted; what they show is kept for others."""
        pasted = self._paste(image, regions) if self.rng.random() < self.chance else None
        self._keep(image, regions)
        return pasted or (image, regions)

    def _keep(self, image: np.ndarray, regions: Regions) -> None:
        for mask, name in zip(regions.masks, regions.names, strict=True):
            if name not in THINGS or not AREA[0] <= mask.mean() <= AREA[1]:
                continue
            rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
            y0, y1, x0, x1 = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
            # What the picture's edge cuts is not the whole thing.
            if y0 == 0 or x0 == 0 or y1 == mask.shape[0] or x1 == mask.shape[1]:
                continue
            own = self.kept.setdefault(name, [])
            own.append(CutOut(image[y0:y1, x0:x1].copy(), mask[y0:y1, x0:x1].copy()))
            if len(own) > KEPT_A_NAME:
                own.pop(int(self.rng.integers(len(own))))

    def _paste(self, image: np.ndarray, regions: Regions) -> tuple[np.ndarray, Regions] | None:
        names = [n for n in self.kept if n in regions.known]
        if not names:
            return None
        name = names[int(self.rng.integers(len(names)))]
        cut = self.kept[name][int(self.rng.integers(len(self.kept[name])))]
        height, width = image.shape[:2]
        factor = self.rng.uniform(*SIZE)
        h, w = (max(2, round(s * factor)) for s in cut.mask.shape)
        if h >= height or w >= width:
            return None
        top, left = int(self.rng.integers(height - h)), int(self.rng.integers(width - w))
        stamp = np.asarray(Image.fromarray(cut.image).resize((w, h), Image.Resampling.BILINEAR))
        shape = np.asarray(Image.fromarray(cut.mask).resize((w, h), Image.Resampling.NEAREST))
        here = np.zeros((height, width), bool)
        here[top : top + h, left : left + w] = shape
        out = image.copy()
        out[here] = stamp[shape]
        masks = np.concatenate([regions.masks & ~here, here[None]])
        return out, replace(regions, masks=masks, names=[*regions.names, name], unknown=regions.unknown & ~here)
