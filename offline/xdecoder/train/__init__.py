"""Training: losses, matcher, task batches, loop, checkpoints."""
