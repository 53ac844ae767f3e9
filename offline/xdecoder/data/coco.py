"""Photos with annotations in COCO's instance format: anyone's own classes."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pycocotools.coco import COCO

from .regions import Regions
from .samples import Sampler

VOCABULARY = "own"
# An instance map is 8 bits: 0 = nothing annotated.
MOST_INSTANCES = 255


class CocoStream:
    """Endless samples (`samples.Sampler`) of an annotation file; `names`: its categories, in its order.

    What no annotation covers is background, not unknown; crowd regions are unknown.
    """

    def __init__(self, annotations: Path, images: Path, crop: int, seed: int) -> None:
        self.coco, self.images = COCO(str(annotations)), images
        categories = self.coco.loadCats(sorted(self.coco.getCatIds()))
        self.names = [str(c["name"]) for c in categories]
        self.name_of = {c["id"]: str(c["name"]) for c in categories}
        self.ids = [i for i in sorted(self.coco.getImgIds()) if self.coco.getAnnIds(i)]
        if not self.ids:
            raise ValueError(f"{annotations} annotates no picture")
        self.sampler, self.rng = Sampler(seed, crop), np.random.default_rng(seed)

    def __iter__(self) -> "CocoStream":
        return self

    def __next__(self) -> dict[str, Any]:
        while True:
            sample = self._sample(int(self.ids[self.rng.integers(len(self.ids))]))
            if sample is not None:
                return sample

    def _sample(self, image: int) -> dict[str, Any] | None:
        record = self.coco.loadImgs(image)[0]
        path = self.images / record["file_name"]
        with Image.open(path) as opened:
            photo = opened.convert("RGB")
        if photo.size != (record["width"], record["height"]):
            raise ValueError(f"{path} is {photo.width}x{photo.height}, its annotation says otherwise")
        # Large ones first, so that a small one lying on them stays.
        rows = sorted(self.coco.loadAnns(self.coco.getAnnIds(image)), key=lambda a: -a["area"])[:MOST_INSTANCES]
        instances = np.zeros((photo.height, photo.width), np.uint8)
        for number, row in enumerate(rows, 1):
            instances[self.coco.annToMask(row) > 0] = number
        pixels, (cut,), _ = self.sampler.cut(photo, [instances])
        present = [(n, row) for n, row in enumerate(rows, 1) if (cut == n).any()]
        told = [(n, row) for n, row in present if not row.get("iscrowd")]
        masks = np.stack([cut == n for n, _ in told]) if told else np.zeros((0, *cut.shape), bool)
        crowd = np.isin(cut, [n for n, row in present if row.get("iscrowd")])
        names = [self.name_of[row["category_id"]] for _, row in told]
        return self.sampler.finish(pixels, Regions(masks, names, VOCABULARY, crowd, self.names))
