"""Names and shapes of every tensor in the published checkpoints (tables of facts, key, shape, dtype)."""
