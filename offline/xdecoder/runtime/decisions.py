"""The decisions of a decoder inside an exported graph: the mask logits that its comparisons with 0 read."""

from pathlib import Path

import onnx
import onnxruntime
from torch import Tensor

from .pack_runtime import PackRuntime


def decision_names(graph: onnx.GraphProto) -> list[str]:
    """The logits (1, R, h*w) that each layer's mask is cut from, first layer first; none where no mask guides."""
    return [node.input[0] for node in graph.node if node.op_type == "Less"]


def watched_session(path: Path, threads: int = 1) -> tuple[onnxruntime.InferenceSession, list[str]]:
    """The graph of a file with those logits as further outputs, and their names. The file stays as it is."""
    proto = onnx.load(str(path), load_external_data=False)
    names = decision_names(proto.graph)
    float32 = onnx.TensorProto.FLOAT
    proto.graph.output.extend(onnx.helper.make_tensor_value_info(name, float32, None) for name in names)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 3
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(path.parent))
    content = proto.SerializeToString()
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"]), names


class WatchedPack(PackRuntime):
    """A pack whose passes leave the mask logits that they decided by in `decided`, in the order in which they ran."""

    def __init__(self, folder: Path, threads: int = 0, variant: str | None = None) -> None:
        super().__init__(folder, threads, variant)
        self.decided: list[Tensor] = []

    def _opened(self, path: Path) -> onnxruntime.InferenceSession:
        return watched_session(path, self._threads)[0]

    def _run(self, graph: str, feeds: dict[str, Tensor]) -> dict[str, Tensor]:
        out = super()._run(graph, feeds)
        given = {port["name"] for port in self._graphs[graph]["outputs"]}
        self.decided += [out.pop(name) for name in list(out) if name not in given]
        return out
