"""Where the graphs run: one interface, two ways to stand behind it (PyTorch, an ONNX pack in onnxruntime)."""

from .interface import Features, Info, Prediction, Runtime, UnavailableError
from .text import TextCodec
from .torch_runtime import TorchRuntime

__all__ = ["Features", "Info", "Prediction", "Runtime", "TextCodec", "TorchRuntime", "UnavailableError"]
