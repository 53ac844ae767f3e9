"""From a model to a pack: graph wrappers, ONNX export, numeric check, precision variants, manifest."""
