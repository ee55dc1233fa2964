"""Splitting the items of every user."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from condenset.core.rng import Rng
from condenset.tasks.interactions.splitting import split_users


def rows(counts: list[int], **columns: object) -> pd.DataFrame:
    user = np.repeat([f"u{number}" for number in range(len(counts))], counts)
    item = np.concatenate([np.arange(count) for count in counts]).astype(str)
    return pd.DataFrame({"user": user, "item": item, **columns})


@pytest.mark.parametrize(("count", "test", "validation"), [(3, 1, 0), (4, 1, 0), (5, 1, 1), (14, 1, 1), (15, 2, 2)])
def test_a_tenth_is_tested_one_at_least_and_as_many_validated(count: int, test: int, validation: int) -> None:
    found, few = split_users(rows([count, 20]), 0.1, "random", Rng(0), "shop")
    own = found[found["user"] == "u0"]["split"].value_counts()
    assert few == 0
    assert (own.get("test", 0), own.get("validation", 0)) == (test, validation)
    assert own["train"] == count - test - validation


def test_users_of_few_items_are_left_out_and_counted() -> None:
    found, few = split_users(rows([2, 6, 1, 3]), 0.1, "random", Rng(0), "shop")
    assert few == 2 and sorted(found["user"].unique()) == ["u1", "u3"]


def test_repeats_count_once() -> None:
    twice = pd.concat([rows([2, 6]), rows([2, 6])])
    found, few = split_users(twice, 0.1, "random", Rng(0), "shop")
    assert few == 1 and len(found) == 6


def test_the_stream_decides() -> None:
    words = [split_users(rows([10] * 5), 0.1, "random", Rng(seed), "shop")[0]["split"].tolist() for seed in (0, 0, 1)]
    assert words[0] == words[1] != words[2]


@pytest.mark.parametrize("dates", [False, True])
def test_the_latest_items_are_held_out(dates: bool) -> None:
    when = np.random.default_rng(0).permutation(20)
    text = pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(when, "D")).astype(str) if dates else when.astype(str)
    found, _ = split_users(rows([10, 10], time=text), 0.2, "latest", Rng(0), "shop")
    assert len(found) == 20
    for user, start in (("u0", 0), ("u1", 10)):
        split = found[found["user"] == user]["split"].to_numpy()
        order = split[np.argsort(when[start : start + 10])]
        assert order.tolist() == ["train"] * 6 + ["validation"] * 2 + ["test"] * 2
