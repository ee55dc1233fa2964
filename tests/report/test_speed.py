"""Recorded measurements and their page."""

from __future__ import annotations

from pathlib import Path

import pytest

from condenset.bench.measurement import BenchRow
from condenset.core.errors import DataError
from condenset.report.speed import speed_page, write_speed

MET = BenchRow("a step", 0.5, "s", 12.34, "the plain step, 6.17 s", ("at least", 10.0))
MISSED = BenchRow("start-up", 0.75, "s", None, "", ("at most", 0.6))


def test_the_page_tells_by_machine_what_was_met_and_missed(tmp_path: Path) -> None:
    write_speed(tmp_path / "step.json", {"cores": "2 cores", "torch": "PyTorch 2"}, [MET.record()])
    write_speed(tmp_path / "start-up.json", {"cores": "64 cores", "torch": "PyTorch 2"}, [MISSED.record()])
    page = speed_page(tmp_path)
    first, second = page.index("## 64 cores, PyTorch 2\n"), page.index("## 2 cores, PyTorch 2\n")
    assert "| start-up | 0.75 s |  | at most 0.6 ✗ |  |" in page[first:second]
    assert "| a step | 0.5 s | 12.34 | at least 10.0 ✓ | the plain step, 6.17 s |" in page[second:]


def test_a_file_that_is_no_record_is_named(tmp_path: Path) -> None:
    (tmp_path / "exam.json").write_text('{"rows": 3}')
    with pytest.raises(DataError, match=r"exam\.json.*--into"):
        speed_page(tmp_path)
