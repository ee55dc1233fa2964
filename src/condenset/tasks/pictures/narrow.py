"""The network of pictures that is quick to train."""

from __future__ import annotations


def narrow(share: int) -> str:
    """A ConvNet of 1/share of the exams' width."""
    return f"convnet:width={128 // share}"
