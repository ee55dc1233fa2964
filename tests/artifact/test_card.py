"""Results are appended to a card, whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from condenset.artifact import add_audit, add_evaluation, read
from condenset.artifact.card import LARGEST_CARD
from condenset.core.errors import ArtifactError, CondensetError, RequestError


def test_results_are_appended_and_nothing_else_changes(saved: Path) -> None:
    before = read(saved).card
    add_evaluation(saved, {"exam": "fair", "rows": [{"mean": 0.5}]})
    add_evaluation(saved, {"exam": "dsa2021"})
    add_audit(saved, {"check": "leakage"})
    card = read(saved).card
    assert [record["exam"] for record in card.evaluations] == ["fair", "dsa2021"]
    assert card.audits == ({"check": "leakage"},)
    assert (card.task, card.sha256, card.tensors) == (before.task, before.sha256, before.tensors)


def test_a_failed_append_keeps_the_card(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (saved / "card.json").read_bytes()
    with pytest.raises(RequestError, match="cannot be JSON"):
        add_evaluation(saved, {"mean": float("nan")})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CondensetError, match="disk is full"):
        add_evaluation(saved, {"mean": 0.5})
    assert (saved / "card.json").read_bytes() == before
    assert not list(saved.glob(".*"))


def test_a_card_of_absurd_size_is_not_parsed(saved: Path) -> None:
    with (saved / "card.json").open("r+b") as file:
        file.truncate(LARGEST_CARD + 1)
    with pytest.raises(ArtifactError, match=r"card\.json has .* bytes: at most 33,554,432 are read"):
        read(saved)
