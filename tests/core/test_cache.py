"""Where reusable things are kept, and what tells data apart."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch

from condenset.core.cache import cache_folder, digest


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


def test_it_is_of_the_numbers_in_their_order() -> None:
    first, second = torch.arange(6.0).reshape(2, 3), torch.tensor([1, 2])
    assert digest(first, second) == hashlib.sha256(first.numpy().tobytes() + second.numpy().tobytes()).hexdigest()[:16]
    assert digest(first.T) == digest(first.T.contiguous()) != digest(first)
    assert len({digest(), digest(first), digest(second), digest(first, second), digest(second, first)}) == 5
