"""Measures a model on the held-out splits."""
