"""Numeric proof against reference arrays of the original model."""
