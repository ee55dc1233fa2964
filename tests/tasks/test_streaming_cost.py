"""A step costs the same time and the process the same memory whatever the number of rows on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from condenset.bench.streaming import costs


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["table", "image"])
def test_step_time_and_memory_do_not_grow_with_the_rows(tmp_path: Path, kind: str) -> None:
    few, many = costs(kind, (60_000, 600_000), tmp_path)
    assert many.rows == pytest.approx(540_000, rel=1e-3) == 10 * few.rows
    assert many.step < 1.2 * few.step
    assert many.held < 1.2 * few.held
