"""Photos with annotations in COCO's instance format: anyone's own classes."""

from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from ..preprocess import ImageError, read_image
from .regions import Regions
from .samples import Sampler

VOCABULARY = "own"
# An instance map is 8 bits: 0 = nothing annotated.
MOST_INSTANCES = 255


# Photos in a row of which nothing can be shown before the set itself is at fault.
PATIENCE = 500


def _read(annotations: Path) -> COCO:
    """ValueError where the file is no such annotations."""
    try:
        found = COCO(str(annotations))
    except (ValueError, TypeError, KeyError, AssertionError) as error:
        raise ValueError(f"{annotations} holds no annotations in COCO's format: {error}") from error
    missing = [part for part in ("images", "annotations", "categories") if part not in found.dataset]
    if missing:
        raise ValueError(f"{annotations} has no {' and no '.join(missing)}: COCO's instance format has all three")
    return found


class CocoStream:
    """Endless samples (`samples.Sampler`) of an annotation file; `names`: its categories, in its order.

    What no annotation covers is background, not unknown; crowd regions are unknown. Annotations without a mask or a
    category, and photos that are missing, damaged or of another size than their annotation says, are left out and
    counted. Raises ValueError where nothing is left.
    """

    def __init__(self, annotations: Path, images: Path, crop: int, seed: int) -> None:
        self.coco, self.images = _read(annotations), images
        categories = self.coco.loadCats(sorted(self.coco.getCatIds()))
        self.names = [str(c["name"]) for c in categories]
        self.name_of = {c["id"]: str(c["name"]) for c in categories}
        told = [image for image in sorted(self.coco.getImgIds()) if self.coco.getAnnIds(image)]
        if not told:
            raise ValueError(f"{annotations} annotates no picture")
        self.rows, left_out = {}, 0
        for image in told:
            rows = self.coco.loadAnns(self.coco.getAnnIds(image))
            whole = [row for row in rows if self._is_whole(row)]
            left_out += len(rows) - len(whole)
            # Large ones first, so that a small one lying on them stays.
            self.rows[image] = sorted(whole, key=lambda row: -row["area"])[:MOST_INSTANCES]
        self.ids = [i for i in told if self.rows[i] and (images / self._record(i)["file_name"]).is_file()]
        if not self.ids:
            raise ValueError(f"none of the {len(told)} photos that {annotations} annotates is in {images} with a mask")
        if left_out or len(self.ids) < len(told):
            print(f"left out: {left_out} annotations without mask or category, {len(told) - len(self.ids)} photos")
        self.sampler, self.rng = Sampler(seed, crop), np.random.default_rng(seed)

    def __iter__(self) -> "CocoStream":
        return self

    def __next__(self) -> dict[str, Any]:
        for _ in range(PATIENCE):
            image = int(self.ids[self.rng.integers(len(self.ids))])
            try:
                sample = self._sample(image)
            except (ImageError, ValueError) as error:
                self.ids.remove(image)
                print(f"left out: {error}")
                if not self.ids:
                    raise ValueError("no photo is left") from error
                continue
            if sample is not None:
                return sample
        raise ValueError(f"{PATIENCE} photos in a row show nothing large enough at this size: try a greater --side")

    def _record(self, image: int) -> dict[str, Any]:
        return self.coco.loadImgs(image)[0]

    def _is_whole(self, row: dict[str, Any]) -> bool:
        """Whether it has a category and a mask; gives it its area where the file does not say it."""
        if row.get("category_id") not in self.name_of:
            return False
        try:
            area = int(coco_mask.area(self.coco.annToRLE(row)))
        except Exception:  # pycocotools raises what its C code comes to
            return False
        row.setdefault("area", area)
        return area > 0

    def _sample(self, image: int) -> dict[str, Any] | None:
        record = self._record(image)
        path = self.images / record["file_name"]
        photo = read_image(path)
        if photo.size != (record["width"], record["height"]):
            said = f"{record['width']}x{record['height']}"
            raise ValueError(f"{path} is {photo.width}x{photo.height}, its annotation says {said}")
        rows = self.rows[image]
        instances = np.zeros((photo.height, photo.width), np.uint8)
        for number, row in enumerate(rows, 1):
            instances[self.coco.annToMask(row) > 0] = number
        pixels, (cut,), _ = self.sampler.cut(photo, [instances])
        present = [(n, row) for n, row in enumerate(rows, 1) if (cut == n).any()]
        told = [(n, row) for n, row in present if not row.get("iscrowd")]
        masks = np.stack([cut == n for n, _ in told]) if told else np.zeros((0, *cut.shape), bool)
        crowd = np.isin(cut, [n for n, row in present if row.get("iscrowd")])
        names = [self.name_of[row["category_id"]] for _, row in told]
        crowds = frozenset(self.name_of[row["category_id"]] for _, row in present if row.get("iscrowd"))
        return self.sampler.finish(pixels, Regions(masks, names, VOCABULARY, crowd, self.names, crowds))
