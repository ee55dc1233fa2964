"""Results are appended to a card, whole or not at all; what a card says is held against what it describes."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from condenset.artifact import add_evaluation, read
from condenset.artifact.card import LARGEST_CARD, read_card, write_card
from condenset.core.errors import ArtifactError, CondensetError, RequestError
from condenset.evaluation.binding import Binding
from condenset.evaluation.evaluation import Evaluation
from condenset.evaluation.exam import named_exam
from condenset.evaluation.rows import Row
from condenset.tasks.targets.classification import Classification

ROWS = tuple(Row(name, "mlp", scores, 10, 0.5) for name, scores in (("distilled", (0.7, 0.8)), ("random", (0.4, 0.5))))


def evaluation(bound_to: Binding | None, exam: str = "quick") -> dict[str, Any]:
    metrics = Classification(("a", "b", "c")).metrics[:1]
    return Evaluation(named_exam(exam), metrics, ROWS, bound_to=bound_to).record()


def own(folder: Path) -> Binding:
    """What an evaluation of the set of a folder is bound to."""
    card = read_card(folder)
    return Binding((card.sha256,), card.task.fingerprint.sha256, "ef" * 16)


def test_results_are_appended_and_nothing_else_changes(saved: Path) -> None:
    before = replace(read(saved).card, audits=({"check": "leakage"},))
    (saved / "card.json").write_bytes(write_card(before))
    add_evaluation(saved, evaluation(own(saved), "fair"))
    add_evaluation(saved, evaluation(own(saved), "dsa2021"))
    card = read(saved).card
    assert [record["exam"] for record in card.evaluations] == ["fair", "dsa2021"]
    assert [grading.exam for grading in card.gradings] == ["fair", "dsa2021"]
    assert card.audits == ({"check": "leakage"},)
    assert (card.task, card.sha256, card.tensors) == (before.task, before.sha256, before.tensors)


@pytest.mark.parametrize("other", [{"sets": ("00" * 32,)}, {"train": "00" * 32}])
def test_what_is_of_another_set_or_of_other_data_is_not_shown_as_this_sets(saved: Path, other: dict[str, Any]) -> None:
    add_evaluation(saved, evaluation(replace(own(saved), **other)))
    card = read(saved).card
    assert (card.gradings, card.others, len(card.evaluations)) == ((), 1, 1)
    assert "What it is worth" not in (saved / "README.md").read_text()


def test_what_does_not_say_of_which_set_it_is_is_shown_and_said(saved: Path) -> None:
    add_evaluation(saved, evaluation(None))
    card = read(saved).card
    assert (len(card.gradings), card.others) == (1, 0)
    assert "It was written before evaluations named the set" in (saved / "README.md").read_text()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("budget", {"data": 1, "labels": 0, "extras": 0}, r"card\.budget is .*data=1.*its tensors take .*data=4608"),
        ("budget", {"data": 4608, "labels": 72, "extras": 4, "free": 1}, "extra fields"),
        ("evaluations", [{"exam": "fair", "rows": [{"mean": 0.999}]}], r"card\.evaluations\[0\]"),
        ("recipe", {"method": 1}, r"1 is no str @ card\.recipe\.method"),
    ],
)
def test_a_card_that_cannot_be_true_is_refused_by_every_reader(saved: Path, field: str, value: Any, said: str) -> None:
    card = json.loads((saved / "card.json").read_text())
    (saved / "card.json").write_text(json.dumps(card | {field: value}))
    for reader in (read, read_card):
        with pytest.raises(ArtifactError, match=said):
            reader(saved)


def test_a_failed_append_keeps_the_card(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (saved / "card.json").read_bytes()
    with pytest.raises(RequestError, match="cannot be JSON"):
        add_evaluation(saved, {"mean": float("nan")})
    with pytest.raises(ArtifactError, match=r"card\.evaluations\[0\]"):
        add_evaluation(saved, {"mean": 0.5})
    record = evaluation(own(saved))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CondensetError, match="disk is full"):
        add_evaluation(saved, record)
    assert (saved / "card.json").read_bytes() == before
    assert not list(saved.glob(".*"))


def test_a_card_of_absurd_size_is_not_parsed(saved: Path) -> None:
    with (saved / "card.json").open("r+b") as file:
        file.truncate(LARGEST_CARD + 1)
    with pytest.raises(ArtifactError, match=r"card\.json has .* bytes: at most 33,554,432 are read"):
        read(saved)
