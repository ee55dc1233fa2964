"""Real sides on disk: found again, never another's, and never more than their room."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from condenset.assets import signals
from condenset.assets.signals import SignalStore, content_key
from tests.examples import normal

SIDE = (normal(3, 4), torch.arange(3))


def test_what_is_kept_is_found_as_it_was(tmp_path: Path) -> None:
    store = SignalStore(tmp_path, 10**6)
    assert store.find("a") is None
    store.keep("a", SIDE)
    found = SignalStore(tmp_path, 10**6).find("a")
    assert found is not None
    assert all(torch.equal(one, two) for one, two in zip(found, SIDE, strict=True))


@pytest.mark.parametrize("fault", ["cut", "text", "renamed", "version"])
def test_a_file_that_is_not_what_it_should_be_is_not_used(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SignalStore(tmp_path, 10**6)
    store.keep("a", SIDE)
    path = tmp_path / "a.safetensors"
    if fault == "cut":
        path.write_bytes(path.read_bytes()[:-5])
    elif fault == "text":
        path.write_text("no tensors")
    elif fault == "renamed":
        path.rename(tmp_path / "b.safetensors")
    else:
        monkeypatch.setattr(signals, "_VERSION", "0.0.0")
    key = "b" if fault == "renamed" else "a"
    assert store.find(key) is None
    store.keep(key, SIDE)
    assert store.find(key) is not None


def test_the_least_recently_used_give_way(tmp_path: Path) -> None:
    size = 400
    store = SignalStore(tmp_path, 3 * size)
    for age, key in enumerate("abc"):
        store.keep(key, [torch.zeros(50)])
        os.utime(tmp_path / f"{key}.safetensors", (age, age))
    assert (tmp_path / "a.safetensors").stat().st_size <= size
    assert store.find("a") is not None  # which makes it the latest
    store.keep("d", [torch.zeros(50)])
    assert store.find("b") is None
    assert store.find("a") is not None and store.find("d") is not None
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= store.limit


def test_without_room_nothing_is_written(tmp_path: Path) -> None:
    SignalStore(tmp_path / "none", 0).keep("a", SIDE)
    SignalStore(tmp_path / "small", 10).keep("a", SIDE)
    assert list(tmp_path.iterdir()) == []


def test_keys_follow_content_type_and_words() -> None:
    key = content_key(SIDE, "dm", 3)
    assert key == content_key([tensor.clone() for tensor in SIDE], "dm", 3)
    others = [
        content_key(SIDE, "dm", 4),
        content_key((SIDE[0] + 1e-6, SIDE[1]), "dm", 3),
        content_key((SIDE[0].double(), SIDE[1]), "dm", 3),
        content_key((SIDE[0].T, SIDE[1]), "dm", 3),
    ]
    assert len({key, *others}) == 5
