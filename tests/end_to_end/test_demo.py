"""The demo: twenty rows of a real table teach more than any coreset of as many, and it can be run again."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

from tests.run.conftest import Cli, cli

__all__ = ["cli"]


def test_it_ends_ahead_of_every_baseline(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "condenset-demo").mkdir()
    (tmp_path / "condenset-demo" / "mine.txt").write_text("not yours")
    record = cli("demo", "--json").record
    scores: dict[str, list[float]] = {}
    for row in record["evaluate"]["rows"]:
        scores.setdefault(row["name"], []).append(row["mean"])
    means = {name: fmean(values) for name, values in scores.items()}
    assert set(means) == {"distilled", "random", "herding", "k-center", "k-means", "full", "mean"}
    rivals = [means[name] for name in ("random", "herding", "k-center", "k-means")]
    assert means["distilled"] > max(rivals) + 0.1
    assert record["evaluate"]["verdict"]["worth_it"] is True
    assert record["evaluate"]["verdict"]["share_of_full"] > 0.85
    assert record["folder"] == "condenset-demo-2", "a folder that is there already is left alone"
    assert (tmp_path / "condenset-demo" / "mine.txt").read_text() == "not yours"
    page = (tmp_path / record["page"]).read_text(encoding="utf8")
    assert "diabetes" in page and "k-means" in page
