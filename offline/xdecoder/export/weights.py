"""Graphs keep their structure; their weights go to one file that all graphs of a pack share.

`base`, `ground` and the caption graphs hold the same decoder: stored by content, each tensor is downloaded once.
In the fp16 storage precision a tensor is kept as float16 with a Cast behind it wherever that loses nothing, so every
runtime can load it and computes in float32.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import ModelProto, TensorProto, helper, numpy_helper

ALIGN = 64
# Smaller tensors stay in the graph file: shapes, scalars, biases of a few values.
SHARED_FROM_BYTES = 1024


def simplify(source: Path, target: Path) -> None:
    """Folds constants (unused thirds of the projections, shapes, masks) with standard operators only."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


@dataclass
class SharedWeights:
    """An append-only weights file, addressed by content."""

    half: bool
    data: bytearray = field(default_factory=bytearray)
    _offsets: dict[str, int] = field(default_factory=dict)

    def _put(self, raw: bytes) -> int:
        key = hashlib.sha256(raw).hexdigest()
        if key not in self._offsets:
            self.data += b"\0" * (-len(self.data) % ALIGN)
            self._offsets[key] = len(self.data)
            self.data += raw
        return self._offsets[key]

    def move_out(self, model: ModelProto, location: str) -> None:
        """Replaces the graph's large float initialisers by references into this file."""
        casts = []
        for tensor in model.graph.initializer:
            if tensor.data_type != TensorProto.FLOAT:
                continue
            array = numpy_helper.to_array(tensor)
            if array.nbytes < SHARED_FROM_BYTES:
                continue
            name, kind = tensor.name, TensorProto.FLOAT
            if self.half and np.array_equal(array.astype(np.float16).astype(np.float32), array):
                array, kind = array.astype(np.float16), TensorProto.FLOAT16
                tensor.name = f"{name}.half"
                casts.append(helper.make_node("Cast", [tensor.name], [name], to=TensorProto.FLOAT))
            raw = np.ascontiguousarray(array).tobytes()
            offset = self._put(raw)
            tensor.ClearField("raw_data")
            tensor.ClearField("float_data")
            tensor.data_type = kind
            tensor.data_location = TensorProto.EXTERNAL
            del tensor.external_data[:]
            for key, value in (("location", location), ("offset", str(offset)), ("length", str(len(raw)))):
                entry = tensor.external_data.add()
                entry.key, entry.value = key, value
        nodes = [*casts, *model.graph.node]
        del model.graph.node[:]
        model.graph.node.extend(nodes)


def tidy(model: ModelProto) -> None:
    """Drops what the exporter leaves behind: doc strings, value infos, metadata."""
    model.producer_name, model.producer_version, model.doc_string = "xdecoder", "", ""
    model.graph.doc_string = ""
    del model.graph.value_info[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]


def load(path: Path) -> ModelProto:
    model = onnx.load(str(path))
    tidy(model)
    return model
