"""CondTSF: ahead of a random slice on a wave in noise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.methods.forecasts import SHORT, error


@pytest.mark.slow
def test_it_forecasts_better_than_a_random_slice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a learner that takes no part in the learning."""
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    found, rival = error("condtsf", 6, SHORT), error("random-slice", 6, {})
    assert found < 0.9 * rival, f"{found:.3f} beside {rival:.3f}"
