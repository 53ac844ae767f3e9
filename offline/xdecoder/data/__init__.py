"""Readers for the training sets, pseudo-labels by small public models, generated phrases, the training stream."""
