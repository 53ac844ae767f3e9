"""Panoptic quality (torchmetrics) and instance AP (pycocotools) on label maps whose things are connected components."""

import contextlib
import io
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torch import Tensor
from torchmetrics.detection import PanopticQuality

from ..data.names import THINGS
from ..data.regions import Regions
from ..postprocess import instances
from ..tasks.opened import Opened
from .subject import Subject

DETECTIONS = 50


@dataclass
class Found:
    """Accumulates both measures. `names`: the vocabulary, `table` (K + 1, d) its embeddings and background."""

    subject: Subject
    names: list[str]
    table: Tensor
    images: list[dict[str, int]] = field(default_factory=list)
    truth: list[dict[str, Any]] = field(default_factory=list)
    detections: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.is_thing = [n in THINGS for n in self.names]
        rows = range(len(self.names))
        self.quality = PanopticQuality(
            things={i for i in rows if self.is_thing[i]},
            stuffs={i for i in rows if not self.is_thing[i]},
            allow_unknown_preds_category=True,
        )

    @torch.inference_mode()
    def add(self, opened: Opened, regions: Regions) -> None:
        subject = self.subject
        found = subject.panoptic(opened, self.table, self.is_thing)
        shape = regions.unknown.shape
        # Category -1 is void: unlabelled pixels, and those that no segment took.
        ours, theirs = np.full((*shape, 2), -1, np.int64), np.full((*shape, 2), -1, np.int64)
        ids = found.ids.numpy()
        for s in found.segments:
            ours[ids == s.id] = (s.label, s.id)
        index = {n: i for i, n in enumerate(self.names)}
        for number, (mask, name) in enumerate(zip(regions.masks, regions.names, strict=True), 1):
            theirs[mask] = (index[name], number)
        ours[regions.unknown] = -1
        self.quality.update(torch.from_numpy(ours)[None], torch.from_numpy(theirs)[None])
        self.images.append({"id": len(self.images), "height": shape[0], "width": shape[1]})
        logits = subject.logits(opened, self.table, "instance")
        self._boxes(logits, opened.full_size(subject.seen(opened, "instance").masks), regions, index)

    def _boxes(self, logits: Tensor, masks: Tensor, regions: Regions, index: dict[str, int]) -> None:
        image = self.images[-1]["id"]
        for mask, name in zip(regions.masks, regions.names, strict=True):
            if name in THINGS:
                rle, number = _rle(mask), len(self.truth) + 1
                self.truth.append(
                    {
                        "id": number, "image_id": image, "category_id": index[name], "segmentation": rle,
                        "area": int(mask.sum()), "iscrowd": 0, "bbox": coco_mask.toBbox(rle).tolist(),
                    }
                )  # fmt: skip
        best = instances(logits, masks, self.is_thing, detections=DETECTIONS)
        for score, label, query in zip(best.scores, best.labels, best.queries, strict=True):
            rle = _rle((masks[int(query)] > 0).numpy())
            row = {"image_id": image, "category_id": int(label), "segmentation": rle, "score": float(score)}
            self.detections.append(row)

    def figures(self) -> dict[str, float]:
        return {"panoptic quality, %": 100 * float(self.quality.compute()), "instance AP, %": 100 * self._ap()}

    def _ap(self) -> float:
        """COCO's AP over IoU 0.5 to 0.95, classes that occur."""
        classes = sorted({t["category_id"] for t in self.truth})
        with contextlib.redirect_stdout(io.StringIO()):
            truth = COCO()
            truth.dataset = {
                "info": {},
                "images": self.images,
                "categories": [{"id": c} for c in classes],
                "annotations": self.truth,
            }
            truth.createIndex()
            if not self.detections:
                return 0.0
            measured = COCOeval(truth, truth.loadRes(self.detections), "segm")
            measured.params.catIds = classes
            measured.evaluate()
            measured.accumulate()
            measured.summarize()
        return float(measured.stats[0])


def _rle(mask: np.ndarray) -> dict[str, Any]:
    return coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
