"""Labelled examples of any kind: their target, their split, their task."""
