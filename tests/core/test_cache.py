"""Where reusable things are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from condenset.core.cache import cache_folder


@pytest.mark.parametrize(
    ("own", "shared", "expected"),
    [
        ("/a/own", "/a/shared", "/a/own"),
        ("/a/own", None, "/a/own"),
        (None, "/a/shared", "/a/shared/condenset"),
        ("", "/a/shared", "/a/shared/condenset"),
        (None, "", "{home}/.cache/condenset"),
        (None, None, "{home}/.cache/condenset"),
    ],
)
def test_own_variable_then_the_users_cache_then_the_customary_folder(
    own: str | None, shared: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("CONDENSET_CACHE", own), ("XDG_CACHE_HOME", shared)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert cache_folder() == Path(expected.format(home=Path.home()))
