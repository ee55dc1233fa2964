"""Published numbers are read however a method's file writes them down."""

from __future__ import annotations

from typing import Any

import pytest

from condenset.core.registry import Registry
from condenset.core.reported import Reported, reported_by

SETTING = ("digits", "1 per class", "convnet", "fair")
KEYWORDS = {"dataset": SETTING[0], "budget": SETTING[1], "network": SETTING[2], "exam": SETTING[3]}


@pytest.mark.parametrize(
    "row",
    [
        {"": [*SETTING, 0.5, None, "Table 1"], "peeked": True},
        {**KEYWORDS, "mean": 0.5, "std": None, "where": "Table 1", "peeked": True},
    ],
)
def test_a_number_by_place_and_by_keyword(row: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    declared = {"reported": [row], "whitened": {"digits": "absolute"}}
    monkeypatch.setattr(Registry, "declared", lambda self, name: declared)
    expected = Reported(*SETTING, 0.5, None, "Table 1", peeked=True, zca="absolute")
    assert reported_by("made", Registry("methods", "METHOD", "method")) == (expected,)
