"""Evaluations of a saved set, noted in its card and README."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from condenset.artifact.card import CARD_FILE, parsed, read_card, write_card
from condenset.artifact.files import replace_file
from condenset.artifact.readme import README_FILE, dataset_card
from condenset.artifact.sizes import saved_sizes


def add_evaluation(folder: str | Path, record: Mapping[str, Any]) -> None:
    """Append an evaluation, as `Evaluation.record` gives it, to a saved set's card, atomically.

    Raises `ArtifactError` for a record that no reader would take, `RequestError`, `CondensetError` where it cannot be
    written.
    """
    folder = Path(folder)
    card = read_card(folder)
    card = replace(card, evaluations=(*card.evaluations, dict(record)))
    content = write_card(card)
    parsed(folder / CARD_FILE, content)  # nothing is written that no reader would take
    replace_file(folder / CARD_FILE, content)
    replace_file(folder / README_FILE, dataset_card(card, saved_sizes(folder, card)).encode())
