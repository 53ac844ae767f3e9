"""X-Decoder offline: model, training, numeric proof and export to ONNX packs."""

__version__ = "0.1.0"
