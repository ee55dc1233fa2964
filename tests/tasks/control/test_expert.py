"""The expert: found from a seed, kept, and missed with a word on what was reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from condenset.core.errors import DataError
from condenset.tasks.control import expert
from condenset.tasks.control.environment import Environment, facts_of
from condenset.tasks.control.expert import Linear, Search, logs_of, spread
from tests.tasks.control.example import registered


@pytest.fixture
def corridor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    monkeypatch.setattr(expert, "SEARCH", Search(population=16, elite=4, episodes=2, generations=6))
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    with registered() as name:
        yield name


def test_policies_take_the_largest_score() -> None:
    policy = Linear(torch.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.5]]]))
    states = torch.tensor([[[-1.0, -1.0], [2.0, 0.0], [0.0, 2.0]]])
    assert policy(states).tolist() == [[0, 1, 2]]


def test_it_is_found_by_its_seed_and_kept(corridor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = facts_of(corridor)
    found = logs_of(corridor, facts, 1.0, 3, seed=0)
    assert [log.returns.tolist() for log in found.values()] == [[1.0] * 3] * 3
    assert all(len(np.unique(log.episodes)) == 3 for log in found.values())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.suffix for path in files] == [".npz"]
    with monkeypatch.context() as patched:
        patched.setattr(Environment, "returns", None)  # nothing is searched again
        again = logs_of(corridor, facts, 1.0, 3, seed=0)
    files[0].write_bytes(b"damaged")
    anew = logs_of(corridor, facts, 1.0, 3, seed=0)
    for other in (again, anew):
        assert all(np.array_equal(found[split].actions, other[split].actions) for split in found)
    logs_of(corridor, facts, 1.0, 3, seed=1)
    assert len(list(tmp_path.rglob("*.npz"))) == 2


def test_one_that_is_not_found_is_told_by_what_was_reached(corridor: str) -> None:
    with pytest.raises(DataError, match=r"no expert .* after at most 6 .* reached a mean return of 1, and at least 2 "):
        logs_of(corridor, facts_of(corridor), 2.0, 3, seed=0)


def test_without_a_goal_it_must_earn_more_than_random_actions(corridor: str) -> None:
    assert logs_of(corridor, facts_of(corridor), None, 3, seed=0)["test"].returns.mean() == 1
    with registered(reward=0.0) as name, pytest.raises(DataError, match="more than the 0 of random actions"):
        logs_of(name, facts_of(name), None, 3, seed=0)


def test_constant_features_are_not_blown_up() -> None:
    mean, std = spread(np.array([[1.0, 5.0], [3.0, 5.0]], dtype=np.float32))
    assert (mean, std) == ((2.0, 5.0), (1.0, 1.0))
