"""A user's own interactions, from the file to the page; and what 50 users of Amazon Magazine teach."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import data_file
from tests.run.conftest import Cli, cli
from tests.tasks.interactions import example

__all__ = ["cli"]


def test_own_interactions_become_a_set_a_score_a_page_and_a_table(cli: Cli, tmp_path: Path) -> None:
    example.frame().to_csv(tmp_path / "shop.csv", index=False)
    made = cli("distill", "shop.csv", "--method", "kip", "--size", "4", "--set", "steps=5", "--out", "made", "--json")
    assert made.code == 0, made.err
    assert made.record["bytes"] == {"data": 4 * 4 * example.ITEMS, "labels": 4 * 4 * example.ITEMS, "extras": 0}

    told = cli("evaluate", "made", "--exam", "recsys", "--baselines", "random,k-means,full", "--repeats", "2", "--json")
    assert told.code == 0, told.err
    assert [metric["name"] for metric in told.record["metrics"]] == ["ndcg@10", "recall@10", "auc"]
    names = ("distilled", "random", "k-means", "full")
    assert {(row["name"], row["network"]) for row in told.record["rows"]} == {
        *((name, learner) for name in names for learner in ("ease", "infinite-ae")),
        ("popularity", "any"),
    }
    assert all(0 <= row["mean"] <= 1 for row in told.record["rows"])

    assert cli("report", "made", "--out", "page.html").code == 0
    page = (tmp_path / "page.html").read_text(encoding="utf8")
    assert "ndcg@10" in page and "infinite-ae" in page

    assert cli("export", "made", "--to", "csv", "--out", "users.csv").code == 0
    assert set(pd.read_csv(tmp_path / "users.csv").columns) == {"user", "item", "weight", "label"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--held-out", "latest"), "no column time"),
        (("--least-rating", "3"), "no column rating"),
        (("--test-fraction", "0.7"), "test-fraction 0.7"),
        (("--target", "item"), "no option --target"),
    ],
)
def test_options_that_do_not_fit_are_a_wrong_request(cli: Cli, tmp_path: Path, words: tuple, message: str) -> None:
    example.frame()[["user", "item"]].to_csv(tmp_path / "shop.csv", index=False)
    told = cli("distill", "shop.csv", "--method", "kip", "--size", "4", *words, "--out", "made")
    assert told.code == 2 and message in told.err and not (tmp_path / "made").exists()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_fifty_distilled_users_of_amazon_magazine(cli: Cli, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Ahead of k-means users, and those of random ones, by learners that choose their ridge on validation items."""
    pytest.importorskip("h5py")
    monkeypatch.setenv("CONDENSET_DATA", str(data_file("recsys/amazon-magazine").parents[1]))
    words = ("--method", "kip", "--size", "50", "--set", "objective.examples=512", "--set", "steps=1000")
    assert cli("distill", "magazine", *words, "--seed", str(seed), "--out", "made").code == 0
    graded = cli("evaluate", "made", "--exam", "recsys", "--baselines", "random,k-means,full", "--json").record["rows"]
    for learner in ("ease", "infinite-ae"):
        score = {row["name"]: row["mean"] for row in graded if row["network"] == learner}
        assert score["distilled"] >= 0.17
        assert score["distilled"] > score["k-means"] > score["random"]
        assert 0.221 <= score["full"] <= 0.232
