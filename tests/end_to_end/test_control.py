"""Control by command line: a user's log to a page and a table; and two pairs that hold the pole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.run.conftest import Cli, cli
from tests.tasks.control.example import POLE, log

__all__ = ["cli"]


def test_a_users_log_becomes_pairs_a_score_a_page_and_a_table(cli: Cli, tmp_path: Path) -> None:
    found = log(300)
    np.savez(tmp_path / "mine.npz", observations=found.observations, actions=found.actions)
    data = ("mine.npz", "--environment", POLE)
    assert cli("distill", *data, "--method", "k-means", "--per-class", "2", "--out", "made").code == 0
    assert (tmp_path / "made" / "preview.png").stat().st_size > 1000
    record = cli(
        "evaluate", "made", "--networks", "logistic", "--baselines", "random", "--repeats", "1", "--json"
    ).record
    assert (record["exam"], [metric["name"] for metric in record["metrics"]]) == (
        "control", ["return", "solved", "agreement"],
    )  # fmt: skip
    assert record["metrics"][0]["unit"] == "return"
    assert all(8 <= row["mean"] <= 500 and 0 <= row["metrics"]["agreement"]["mean"] <= 1 for row in record["rows"])
    assert cli("report", "made", "--out", "page.html").code == 0
    assert "left" in (tmp_path / "page.html").read_text(encoding="utf8")
    assert cli("export", "made", "--to", "csv", "--out", "pairs.csv").code == 0
    assert pd.read_csv(tmp_path / "pairs.csv")["action"].tolist() == [0, 0, 1, 1]
    told = cli("distill", "CartPol-v1", "--per-class", "1")
    assert told.code == 2 and "did you mean 'CartPole-v1'" in told.err


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_two_pairs_hold_the_pole_in_every_episode(cli: Cli, tmp_path: Path, seed: int) -> None:
    """Ten policies of fresh initialisation, twenty episodes each, 500 steps of 500."""
    made = cli("distill", "cartpole", "--method", "hades", "--per-class", "1", "--seed", str(seed), "--out", "made")
    assert made.code == 0, made.err
    asked = ("--networks", "mlp,logistic", "--baselines", "random,k-means", "--repeats", "10", "--json")
    rows = cli("evaluate", "made", *asked).record["rows"]
    own = {row["network"]: row for row in rows if row["name"] == "distilled"}
    for row in own.values():
        assert row["scores"] == [500.0] * 10
        assert row["metrics"]["solved"]["mean"] == 1.0
    rivals = [row["mean"] for row in rows if row["name"] != "distilled"]
    assert max(rivals) < 250
