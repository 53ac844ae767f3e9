"""The model: one readable class a file; sizes come from config.py."""
