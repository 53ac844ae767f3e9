"""X-Decoder offline: model, training, numeric proof and export to ONNX packs."""
