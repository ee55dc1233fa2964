"""`--device`: every command that takes it computes there, with the numbers of the CPU."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from condenset.run import device
from condenset.tasks.in_memory import InMemoryView
from tests.elsewhere import DEVICE, Attached
from tests.run.conftest import Cli

STEPS = ("--method", "dm", "--set", "steps=6", "--per-class", "2")
GRADED = ("--exam", "quick", "--networks", "mlp:width=8", "--baselines", "random,full", "--repeats", "2")
COMPARED = ("compare", "iris", "--methods", "random,k-means", "--per-class", "1", *GRADED)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[torch.device]]:
    """The device has the name "auto"; where data in memory are sent to."""
    seen: list[torch.device] = []
    named, sent = device.named_device, InMemoryView.to

    def noted(self: InMemoryView, to: torch.device) -> InMemoryView:
        seen.extend({torch.device(to)} - {self.device})
        return sent(self, to)

    monkeypatch.setattr(device, "named_device", lambda name: DEVICE if name == "auto" else named(name))
    monkeypatch.setattr(InMemoryView, "to", noted)
    with Attached():
        yield seen


def means(rows: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    return [(row["name"], pytest.approx(row["mean"], abs=1e-3)) for row in rows]


def test_a_set_is_distilled_and_graded_there(cli: Cli, there: list[torch.device]) -> None:
    assert cli("distill", "iris", *STEPS, "--out", "here").code == 0
    here = cli("evaluate", "here", *GRADED, "--json").record["rows"]
    assert there == [], "the CPU where nothing is said"
    assert cli("distill", "iris", *STEPS, "--out", "there", "--device", "auto").code == 0
    assert there == [DEVICE]
    found = cli("evaluate", "there", *GRADED, "--device", "auto", "--json").record["rows"]
    assert there == [DEVICE, DEVICE]
    assert means(here) == [(row["name"], row["mean"]) for row in found]


def test_a_comparison_is_made_there(cli: Cli, there: list[torch.device]) -> None:
    here = cli(*COMPARED, "--out", "here", "--json").record["rows"]
    assert there == []
    found = cli(*COMPARED, "--out", "there", "--device", "auto", "--json").record["rows"]
    assert set(there) == {DEVICE}
    assert means(here) == [(row["name"], row["mean"]) for row in found]


def test_a_run_is_explained_there(cli: Cli, there: list[torch.device]) -> None:
    record = cli("explain", "iris", *STEPS, "--device", "auto", "--json").record
    assert record["steps"] == 6
    assert set(there) == {DEVICE}


def test_a_paper_is_reproduced_there(cli: Cli, there: list[torch.device]) -> None:
    asked = ("--datasets", "iris", "--budgets", "1 per class", "--exam", "quick", "--no-fair", "--repeats", "1")
    assert cli("reproduce", "k-means", *asked, "--into", "found", "--device", "auto").code == 0
    assert set(there) == {DEVICE}
