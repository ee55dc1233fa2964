"""The saved set: a folder that is safe to open from a stranger; write, read, verify, import and export."""

from __future__ import annotations

from pathlib import Path

from condenset.artifact.card import Card
from condenset.artifact.reading import Artifact, read
from condenset.artifact.saving import add_evaluation, save
from condenset.synthetic import SyntheticSet

__all__ = ["Artifact", "Card", "add_evaluation", "load", "read", "save"]


def load(path: str | Path) -> SyntheticSet:
    """The set saved in a folder; needs neither the method that made it nor its dataset.

    Raises `ArtifactError` for anything truncated, altered, hostile or newer than this version.
    """
    return read(path).synthetic
