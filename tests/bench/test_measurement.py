"""Rows of the performance suite, and that timing takes turns."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from condenset.bench.measurement import BenchRow, Measurement, apart, in_turns
from condenset.core.registries import MEASUREMENTS
from condenset.run.cli import main


@pytest.mark.parametrize(
    ("value", "ratio", "target", "met"),
    [
        (1.0, 3.0, ("at least", 2.5), True),
        (9.0, 2.0, ("at least", 2.5), False),
        (0.5, None, ("at most", 0.6), True),
        (0.5, 0.7, ("at most", 0.6), False),
        (0.5, 0.7, None, None),
    ],
)
def test_a_target_is_met_by_the_ratio_or_else_by_the_value(value, ratio, target, met) -> None:  # type: ignore[no-untyped-def]
    row = BenchRow("step", value, "s", ratio, "the plain step", target)
    assert row.met is met
    assert row.record()["met"] is met


def test_works_are_timed_in_turns_and_the_first_turn_does_not_count() -> None:
    calls: list[str] = []

    def slow_at_first() -> None:
        calls.append("a")
        time.sleep(0.2 if len(calls) == 1 else 0.001)

    found = in_turns({"a": slow_at_first, "b": lambda: calls.append("b")}, repeats=3)
    assert calls == ["a", "b"] * 4
    assert found["a"] < 0.1


def test_an_unknown_measurement_is_refused_with_the_nearest_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--only", "forwrad"]) == 2
    assert "forward" in capsys.readouterr().err
    assert "forward" in MEASUREMENTS.names()


def test_every_measurement_is_recorded_in_a_file_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--only", "start-up", "--into", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [path.name for path in tmp_path.iterdir()] == ["start-up.json"]
    assert json.loads((tmp_path / "start-up.json").read_text()) == told
    assert [row["name"] for row in told["rows"]] == ["condenset --help", "condenset list methods"]


def test_rows_are_told_as_they_are_measured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def measure() -> Iterator[BenchRow]:
        yield BenchRow("a first step", 1.5, "s", 3.0, "the plain step")
        told.append(capsys.readouterr().err)
        yield BenchRow("a second step", 2.5, "s", None, "")

    one = SimpleNamespace(names=lambda: ("steps",), get=lambda name: Measurement("quick", measure))
    monkeypatch.setattr("condenset.core.registries.MEASUREMENTS", one)
    assert main(["bench"]) == 0
    assert told == ["a first step  1.5 s  3.00  the plain step\n"]
    shown = capsys.readouterr()
    assert shown.err == "a second step  2.5 s\n"
    assert "a first step" in shown.out and "a second step" in shown.out


def test_work_apart_has_a_process_of_its_own() -> None:
    assert apart(os.getpid) != os.getpid()
    with pytest.raises(ZeroDivisionError):
        apart(divmod, 1, 0)
