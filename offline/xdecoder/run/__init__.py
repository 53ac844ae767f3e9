"""The reference command: every task from pictures on disk to results.jsonl, in PyTorch or onnxruntime."""
