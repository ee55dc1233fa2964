"""What is recommended, on the command line: said, made, and asked for by leaving the method out."""

from __future__ import annotations

from pathlib import Path

import pytest

from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.evaluation.recommend import SIMPLE
from condenset.run.config import read_config
from condenset.run.distill import distill
from tests.run.conftest import Cli


@pytest.mark.slow
def test_the_command_says_how_to_make_the_set(cli: Cli) -> None:
    told = cli("recommend", "iris", "--per-class", "2", "--exam", "quick")
    assert told.code == 0
    assert "next: condenset distill iris --method" in told.out
    record = cli("recommend", "iris", "--per-class", "2", "--exam", "quick", "--json").record
    assert record["schema"] == "condenset.recommend/1" and len(record["rows"]) == len(SIMPLE) + 3


def test_distil_takes_what_is_recommended_and_says_so(cli: Cli, tmp_path: Path) -> None:
    made = cli("distill", "iris", "--per-class", "2", "--out", "made", "--json")
    assert made.code == 0
    best = made.record["tried"][0]
    assert made.record["method"] == best["method"]
    config = read_config(tmp_path / "made" / "run.toml")
    assert (config.method, dict(config.changes)) == (best["method"], best["changes"])
    assert "chosen on validation data" in made.err
    again = cli("distill", "--config", "made/run.toml", "--out", "again", "--json")
    assert again.code == 0 and "tried" not in again.record
    assert (tmp_path / "again" / "data.safetensors").read_bytes() == (
        tmp_path / "made" / "data.safetensors"
    ).read_bytes()


def test_changes_without_a_method_are_refused(cli: Cli) -> None:
    told = cli("distill", "iris", "--per-class", "2", "--set", "steps=5")
    assert told.code == 2 and "give --method" in told.err
    with pytest.raises(RequestError, match="name the method"):
        distill("iris", size=Size(per_class=2), changes={"steps": 5})
