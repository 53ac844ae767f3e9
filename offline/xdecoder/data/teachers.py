"""The three small public models whose opinions become pseudo-labels."""

from pathlib import Path

import numpy as np
import onnxruntime
from ai_edge_litert.interpreter import Interpreter
from PIL import Image


class Segmenter:
    """DeepLabV3 on TensorFlow Lite: a photo to (H, W) uint8 class indices at the photo's own size."""

    def __init__(self, path: Path) -> None:
        self.net = Interpreter(model_path=str(path), num_threads=1)
        self.net.allocate_tensors()
        self.input, self.output = self.net.get_input_details()[0], self.net.get_output_details()[0]
        self.side = int(self.input["shape"][1])

    def __call__(self, photo: Image.Image) -> np.ndarray:
        small = np.asarray(photo.resize((self.side, self.side), Image.Resampling.BILINEAR))
        if self.input["dtype"] == np.float32:
            small = (small.astype(np.float32) - 127.5) / 127.5
        self.net.set_tensor(self.input["index"], small[None].astype(self.input["dtype"]))
        self.net.invoke()
        out = self.net.get_tensor(self.output["index"])[0]
        classes = out.argmax(-1) if out.ndim == 3 and out.shape[-1] > 1 else out.reshape(out.shape[:2])
        return np.asarray(Image.fromarray(classes.astype(np.uint8)).resize(photo.size, Image.Resampling.NEAREST))


class Detector:
    """YOLOX-nano: a photo to boxes (M, 6) = x0, y0, x1, y1 in pixels, score, COCO-80 class."""

    SIDE = 416
    STRIDES = (8, 16, 32)

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.net = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        grids, strides = [], []
        for stride in self.STRIDES:
            n = self.SIDE // stride
            y, x = np.mgrid[:n, :n]
            grids.append(np.stack([x, y], -1).reshape(-1, 2))
            strides.append(np.full((n * n, 1), stride))
        self.grid, self.stride = np.concatenate(grids), np.concatenate(strides)

    def __call__(self, photo: Image.Image, threshold: float = 0.25) -> np.ndarray:
        ratio = self.SIDE / max(photo.size)
        w, h = (max(1, round(s * ratio)) for s in photo.size)
        canvas = np.full((self.SIDE, self.SIDE, 3), 114, np.uint8)
        canvas[:h, :w] = np.asarray(photo.resize((w, h), Image.Resampling.BILINEAR))[..., ::-1]  # BGR
        out = self.net.run(None, {self.net.get_inputs()[0].name: canvas.transpose(2, 0, 1)[None].astype(np.float32)})
        raw = np.asarray(out[0])[0]
        centre = (raw[:, :2] + self.grid) * self.stride
        half = np.exp(raw[:, 2:4]) * self.stride / 2
        scores = raw[:, 4:5] * raw[:, 5:]
        best = scores.argmax(1)
        score = scores[np.arange(len(best)), best]
        boxes = np.concatenate([centre - half, centre + half], 1) / ratio
        return _suppress(np.column_stack([boxes, score, best])[score >= threshold])


def _suppress(boxes: np.ndarray, overlap: float = 0.5) -> np.ndarray:
    """Non-maximum suppression within each class."""
    boxes = boxes[np.argsort(-boxes[:, 4])]
    kept: list[np.ndarray] = []
    for box in boxes:
        if all(k[5] != box[5] or _iou(k, box) < overlap for k in kept):
            kept.append(box)
    return np.array(kept, np.float32).reshape(-1, 6)


def _iou(a: np.ndarray, b: np.ndarray) -> float:
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(w, 0) * max(h, 0)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared + 1e-6)
