"""Weights leave the graphs for files that the graphs of a pack share, each tensor stored once.

`base`, `ground` and the caption graphs hold the same decoder: a tensor is found again by its content. It goes to a file
by who reads it, so what only an unused task needs is not downloaded. In half storage a tensor is kept as float16 with
a Cast behind it wherever that loses nothing: every runtime loads it and computes in float32.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

ALIGN = 64
# Files and the roles that may read theirs alone; what others share is the decoder's.
FILES = {
    "image": {"image"},
    "base": {"base"},
    "caption": {"caption_prefill", "caption_step"},
    "vqa": {"vqa"},
    "prompt": {"prompt", "prompted"},
}
# Smaller tensors stay in the graph file: shapes, scalars, biases of a few values.
SHARED_FROM_BYTES = 1024


def file_of(readers: set[str]) -> str:
    """Name of the file for a tensor that these roles read."""
    if "text" in readers:
        return "text"
    return next((name for name, roles in FILES.items() if readers <= roles), "decoder")


def is_half(array: np.ndarray) -> bool:
    """Whether float16 holds every value exactly."""
    with np.errstate(over="ignore"):
        return bool(np.array_equal(array.astype(np.float16).astype(np.float32), array))


@dataclass
class _Tensor:
    raw: bytes
    readers: set[str] = field(default_factory=set)
    location: str = ""
    offset: int = 0


class WeightPool:
    """Takes tensors out of graphs, then writes them to a few files by who reads them."""

    def __init__(self) -> None:
        self._tensors: dict[str, _Tensor] = {}

    def take(self, model: ModelProto, reader: str, *, half: bool) -> None:
        """Replaces large initialisers by references to their content; `reader` is the graph's role."""
        casts = []
        for tensor in model.graph.initializer:
            array = numpy_helper.to_array(tensor)
            if array.nbytes < SHARED_FROM_BYTES:
                continue
            if half and tensor.data_type == TensorProto.FLOAT and is_half(array):
                casts.append(helper.make_node("Cast", [f"{tensor.name}h"], [tensor.name], to=TensorProto.FLOAT))
                array, tensor.name, tensor.data_type = array.astype(np.float16), f"{tensor.name}h", TensorProto.FLOAT16
            raw = numpy_helper.from_array(array).raw_data
            key = hashlib.sha256(raw).hexdigest()
            self._tensors.setdefault(key, _Tensor(raw)).readers.add(reader)
            for name in ("raw_data", "float_data", "int32_data", "int64_data"):
                tensor.ClearField(name)
            tensor.data_location = TensorProto.EXTERNAL
            _set(tensor, {"location": key, "length": str(len(raw))})
        nodes = [*casts, *model.graph.node]
        del model.graph.node[:]
        model.graph.node.extend(nodes)

    def write(self, folder: Path, prefix: str = "") -> None:
        """Writes image, text, decoder … .bin, each name led by the prefix."""
        files: dict[str, list[_Tensor]] = {}
        for tensor in self._tensors.values():
            files.setdefault(f"{prefix}{file_of(tensor.readers)}.bin", []).append(tensor)
        for location, tensors in files.items():
            offset = 0
            with (folder / location).open("wb") as file:
                for tensor in tensors:
                    file.write(b"\0" * (-offset % ALIGN))
                    offset += -offset % ALIGN
                    tensor.location, tensor.offset = location, offset
                    offset += file.write(tensor.raw)

    def refer(self, model: ModelProto) -> list[str]:
        """After `write`: points the graph's references at the files; returns the files that it reads."""
        files: dict[str, None] = {}
        for tensor in model.graph.initializer:
            if tensor.data_location != TensorProto.EXTERNAL:
                continue
            entries = {e.key: e.value for e in tensor.external_data}
            place = self._tensors[entries["location"]]
            _set(tensor, {"location": place.location, "offset": str(place.offset), "length": entries["length"]})
            files[place.location] = None
        return list(files)


def _set(tensor: TensorProto, entries: dict[str, str]) -> None:
    del tensor.external_data[:]
    for key, value in entries.items():
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
