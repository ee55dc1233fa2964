"""Records on disk: where they go, how they come back, and what happens to damaged ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from condenset.core.errors import DataError
from condenset.core.rng import Rng
from condenset.tasks import store
from condenset.tasks.store import Store, arranged, kept_store, write_records

DTYPE = np.dtype([("inputs", np.float32, (3,)), ("target", np.int64), ("row", np.int64)])
GROUPS = np.arange(500) % 7 % 3


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))


def records(count: int = 500) -> np.ndarray:
    made = np.empty(count, DTYPE)
    made["inputs"], made["row"], made["target"] = np.arange(3 * count).reshape(-1, 3), np.arange(count), GROUPS[:count]
    return made


def written(key: str = "k", part: int = 64) -> Store:
    def make(folder: Path) -> dict[str, int]:
        parts = (records()[first : first + part] for first in range(0, 500, part))
        write_records(folder, DTYPE, arranged(GROUPS, Rng(0)), parts)
        return {"made": 1}

    return kept_store(key, make)


def test_groups_lie_together_in_a_random_order() -> None:
    positions = arranged(GROUPS, Rng(0))
    assert sorted(positions.tolist()) == list(range(500))
    by_place = GROUPS[np.argsort(positions)]
    assert (np.diff(by_place) >= 0).all()
    rows = np.argsort(positions)[: int((GROUPS == 0).sum())]
    assert abs(np.corrcoef(np.arange(len(rows)), rows)[0, 1]) < 0.2
    assert not np.array_equal(positions, arranged(GROUPS, Rng(1)))


@pytest.mark.parametrize("bucket", [2**25, 512])
def test_records_come_back_in_the_order_that_is_asked_for(monkeypatch: pytest.MonkeyPatch, bucket: int) -> None:
    monkeypatch.setattr(store, "_BUCKET", bucket)
    found, positions = written(), arranged(GROUPS, Rng(0))
    assert len(found) == 500 and found.card == {"made": 1}
    rows = np.random.default_rng(0).permutation(500)[:90]
    assert np.array_equal(found.read(positions[rows]), records()[rows])
    assert np.array_equal(found.read(np.array([3, 3, 2])), found.read(np.arange(4))[[3, 3, 2]])
    assert len(found.read(np.arange(0))) == 0
    assert np.array_equal(found.rest(0), records())


def test_it_is_made_once_and_interrupted_making_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> dict[str, int]:
        (folder / "records.npy").write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept_store("k", fail)
    assert list((tmp_path / "streams").iterdir()) == []
    written()
    kept_store("k", fail)
    assert [path.name for path in (tmp_path / "streams").iterdir()] == ["k"]


def test_damage_and_changed_data_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "streams" / "k" / "records.npy"
    found = written()
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(DataError, match="cut short"):
        found.read(np.array([499]))
    path.write_bytes(b"no records")
    with pytest.raises(DataError, match="is damaged"):
        written()
    for count in (10, 700):
        parts = [np.zeros(count, DTYPE)]
        with pytest.raises(DataError, match=f"have {count} rows and had 500 before"):
            kept_store(f"{count}", lambda folder, parts=parts: write_records(folder, DTYPE, np.arange(500), parts))
    monkeypatch.setattr(store.shutil, "disk_usage", lambda _: store.shutil._ntuple_diskusage(10, 10, 10))
    with pytest.raises(DataError, match="point CONDENSET_CACHE at a larger disk"):
        written("other")
