"""The memory that data may take: of the machine, or of the container."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from condenset.core import memory


@pytest.mark.parametrize(("limit", "expected"), [("4096\n", 2048), ("max\n", None), (None, None)])
def test_half_of_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str | None, expected: int | None
) -> None:
    monkeypatch.setattr(memory, "_CONTAINER", tmp_path / "memory.max")
    if limit is not None:
        (tmp_path / "memory.max").write_text(limit)
    assert memory.half_of_memory() == (expected or psutil.virtual_memory().total // 2)
