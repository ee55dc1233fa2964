"""Limits, and the variable that raises them."""

from __future__ import annotations

import pytest

from condenset.core.errors import DataError, RequestError
from condenset.core.limits import Limits, limits


def test_they_are_raised_by_name_and_the_message_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONDENSET_LIMITS", raising=False)
    assert limits() == Limits()
    with pytest.raises(DataError, match=r"a\.csv has 40,000 columns.*32,768 .*set CONDENSET_LIMITS=columns=40000$"):
        limits().check("columns", 40_000, "a.csv")
    monkeypatch.setenv("CONDENSET_LIMITS", "columns=40000,pixels=10")
    assert limits() == Limits(columns=40_000, pixels=10)
    limits().check("columns", 40_000, "a.csv")


@pytest.mark.parametrize("said", ["rows=3", "columns=many", "columns=1.5", "columns"])
def test_what_is_no_limit_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("CONDENSET_LIMITS", said)
    with pytest.raises(RequestError, match="columns"):
        limits()
