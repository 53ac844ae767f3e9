"""Many pictures on many machines: Ray Data reads and decodes, warmed workers infer, one writer keeps the index."""
