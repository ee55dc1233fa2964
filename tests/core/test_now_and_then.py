"""Where nothing can be drawn, a line now and then says how far the work is and what is left of it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

import condenset
from condenset.core import now_and_then
from condenset.core.budget import Size
from condenset.core.now_and_then import EVERY, NowAndThen
from tests.run.conftest import Cli, cli

__all__ = ["cli"]


def test_a_line_at_most_every_half_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(now_and_then.time, "monotonic", lambda: now)
    said: list[str] = []
    track = NowAndThen("distilling", said.append)
    for step in range(1, 41):
        now += EVERY / 10
        track(step, 40, "loss 1")
    assert said == [
        f"distilling: {done} of 40, loss 1{left}"
        for done, left in ((10, ", 90 s to go"), (20, ", 60 s to go"), (30, ", 30 s to go"), (40, ""))
    ]
    now += EVERY
    track(3)
    assert said[-1] == "distilling: 3"


def test_commands_say_it_where_there_is_no_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(now_and_then, "EVERY", 0.0)
    told = cli("distill", "iris", "--method", "dm", "--per-class", "1", "--set", "steps=3", "--out", "made")
    lines = [line for line in told.err.splitlines() if line.startswith("distilling iris by dm: ")]
    assert len(lines) == 3 and lines[-1].startswith("distilling iris by dm: 3 of 3, loss ")


def test_python_logs_it(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(now_and_then, "EVERY", 0.0)
    with caplog.at_level(logging.INFO, "condenset"):
        condenset.distill("iris", "dm", size=Size(per_class=1), changes={"steps": 2})
    assert [record.getMessage().split(",")[0] for record in caplog.records] == [
        "distilling iris by dm: 1 of 2",
        "distilling iris by dm: 2 of 2",
    ]


def test_what_is_trained_beforehand_says_how_far_it_is(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(now_and_then, "EVERY", 0.0)
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "cache"))
    quick = ("--set", "steps=1", "--out", "made", "--per-class", "1")
    taught = ("--set", "source.squeeze.epochs=2", "--set", "source.squeeze.examples=100")
    lines = cli("distill", "digits", "--method", "sre2l", *quick, *taught).err.splitlines()
    assert "training teacher 1 of 1, epochs: 2 of 2" in lines and "training teachers: 1 of 1" in lines
    first = next(number for number, line in enumerate(lines) if line.startswith("training teacher"))
    assert lines[first].endswith(" s to go") and not any(line.startswith("distilling") for line in lines[:first])
    assert logging.getLogger("condenset").handlers == []
