"""The demo: real digits, one example per class, clearly better than random; it can be run again."""

from __future__ import annotations

from pathlib import Path

from tests.run.conftest import Cli, cli

__all__ = ["cli"]


def test_one_digit_per_class_beats_random_by_ten_points(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "condenset-demo").mkdir()
    (tmp_path / "condenset-demo" / "mine.txt").write_text("not yours")
    record = cli("demo", "--json").record
    means = {row["name"]: row["mean"] for row in record["evaluate"]["rows"]}
    assert means["distilled"] >= means["random"] + 0.10
    assert set(means) == {"distilled", "random", "herding", "k-center", "k-means", "majority class"}
    assert record["distill"]["bytes"]["data"] == 10 * 64 * 4
    assert record["folder"] == "condenset-demo-2", "a folder that is there already is left alone"
    assert (tmp_path / "condenset-demo" / "mine.txt").read_text() == "not yours"
    page = (tmp_path / record["page"]).read_text(encoding="utf8")
    assert "digits" in page and "k-means" in page
