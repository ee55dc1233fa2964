"""A user's own pictures and table, from the path to the page; the JSON that other programs read on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from condenset.artifact.reading import read
from tests.run.conftest import Cli, cli, customers, photos

__all__ = ["cli"]
SHORT = (
    ("--method", "dm", "--set", "steps=10", "--set", "source.size=2"),
    ("--exam", "quick", "--repeats", "2", "--networks", "mlp"),
)


@pytest.mark.parametrize(
    "flags", [pytest.param(SHORT, id="short"), pytest.param(((), ()), id="no flags", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("kind", ["pictures", "table"])
def test_own_data_become_a_set_a_score_and_a_page(cli: Cli, tmp_path: Path, kind: str, flags: tuple) -> None:
    photos(tmp_path / "photos")
    customers(tmp_path / "customers.csv")
    data, name = {
        "pictures": (("photos",), "photos"),
        "table": (("customers.csv", "--target", "churn"), "customers"),
    }[kind]
    folder = f"{name}-{'dm' if flags[0] else 'recommended'}-1-per-class"

    told = cli("distill", *data, "--per-class", "1", *flags[0])
    assert told.code == 0, told.err
    assert f"saved in {folder}\nnext: condenset evaluate {folder}\n" in told.out
    artifact = read(tmp_path / folder)
    assert artifact.card.items == {"pictures": 3, "table": 2}[kind]
    assert len(artifact.card.task.target.classes) == artifact.card.items

    told = cli("evaluate", folder, *flags[1])
    assert told.code == 0, told.err
    for baseline in ("distilled", "random", "herding", "k-center", "k-means"):
        assert baseline in told.out
    assert "95 % interval" in told.out and f"next: condenset report {folder}" in told.out

    told = cli("report", folder)
    assert told.code == 0, told.err
    page = (tmp_path / "condenset-report.html").read_text(encoding="utf8")
    assert artifact.card.task.target.classes[0] in page and "k-means" in page
    assert 'src="http' not in page and 'href="http://' not in page


def test_colours_tell_the_photos_apart(cli: Cli, tmp_path: Path) -> None:
    photos(tmp_path / "photos")
    cli("distill", "photos", "--per-class", "1", "--method", "k-means", "--out", "made")
    rows = cli("evaluate", "made", "--exam", "quick", "--networks", "mlp", "--baselines", "", "--json").record["rows"]
    assert rows[0]["mean"] > 0.8, "three classes of three colours: one prototype each is enough"


def test_each_step_is_one_json_object_of_its_shape(cli: Cli, tmp_path: Path) -> None:
    customers(tmp_path / "customers.csv")
    data = ("customers.csv", "--target", "churn", "--per-class", "2")
    expected = cli("explain", *data, "--set", "steps=10", "--json").record
    made = cli("distill", *data, "--method", "dm", "--set", "steps=10", "--out", "made", "--seed", "5", "--json").record
    assert set(made) == {
        *("schema", "artifact", "method", "task", "steps"),
        *("wall_s", "cpu_s", "peak_rss_bytes", "bytes", "seed", "sizes", "recognised"),
    }
    assert (made["schema"], made["artifact"], made["method"]) == ("condenset.distill/1", "made", "dm")
    assert (made["steps"], made["seed"], made["task"]) == (10, 5, "customers")
    assert made["bytes"] == expected["bytes"] and min(made["wall_s"], made["cpu_s"], made["peak_rss_bytes"]) > 0

    words = ("evaluate", "made", "--exam", "quick", "--networks", "logistic", "--repeats", "3")
    scored = cli(*words, "--baselines", "random,full", "--json").record
    assert scored["schema"] == "condenset.evaluate/2"
    assert (scored["metrics"][0]["name"], scored["metrics"][0]["higher_is_better"]) == ("balanced accuracy", True)
    assert [row["name"] for row in scored["rows"]] == ["distilled", "random", "full", "majority class"]
    for row in scored["rows"][:-1]:
        assert row["ci95"][0] <= row["mean"] <= row["ci95"][1] and 0 <= row["mean"] <= 1
        assert (len(row["scores"]), row["network"]) == (1 if row["name"] == "full" else 3, "logistic")
    assert scored["rows"][0]["bytes"] == sum(made["bytes"].values())

    page = cli("report", "made", "--out", "page.html", "--json").record
    assert page == {"schema": "condenset.report/1", "page": "page.html", "sets": ["made"]}


def test_a_set_is_repeated_from_its_run_toml(cli: Cli, tmp_path: Path) -> None:
    customers(tmp_path / "customers.csv")
    words = ("--target", "churn", "--test-fraction", "0.25", "--drop", "since", "--per-class", "2", "--seed", "3")
    assert cli("distill", "customers.csv", *words, "--method", "dm", "--set", "steps=8", "--out", "one").code == 0
    assert cli("distill", "--config", "one/run.toml", "--out", "two").code == 0
    for name in ("data.safetensors", "card.json", "run.toml", "preview.png", "README.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
