"""The comparison: one table under one exam, nothing done twice, every baseline once for each number of bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from condenset.artifact.card import read_card
from condenset.core.errors import DivergenceError
from condenset.distillation import finished
from condenset.run.evaluate import Examination
from condenset.starts.k_means import k_means
from condenset.state import State
from condenset.synthetic import SyntheticSet
from tests.run.conftest import Cli

WORDS = ("compare", "iris", "--exam", "quick", "--networks", "logistic", "--repeats", "2", "--out", "table")
TWO = (*WORDS, "--methods", "random,k-means", "--baselines", "random,full", "--per-class", "1,2")


def graded_folders(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the folders that are evaluated from now on."""
    from condenset.run import compare

    seen: list[str] = []
    plain = compare.grade

    def noted(screen: object, path: Path, task: object, grading: Examination) -> object:
        seen.append(path.name)
        return plain(screen, path, task, grading)  # type: ignore[arg-type]

    monkeypatch.setattr(compare, "grade", noted)
    return seen


def test_rows_have_method_budget_and_each_baseline_once_per_size(cli: Cli) -> None:
    record = cli(*TWO, "--json").record
    found = [(row["method"], row["budget"], row["name"]) for row in record["rows"]]
    assert found == [
        ("random", "1 per class", "distilled"),
        ("random", "1 per class", "random"),
        ("full", "1 per class", "full"),
        ("majority class", "1 per class", "majority class"),
        ("k-means", "1 per class", "distilled"),
        ("random", "2 per class", "distilled"),
        ("random", "2 per class", "random"),
        ("k-means", "2 per class", "distilled"),
    ]
    assert (record["schema"], record["exam"]) == ("condenset.compare/2", "quick")
    assert record["metrics"] == [
        {"name": name, "higher_is_better": True, "unit": "fraction"}
        for name in ("accuracy", "balanced accuracy", "auroc")
    ]
    assert all(set(row["metrics"]) == {"accuracy", "balanced accuracy", "auroc"} for row in record["rows"])
    assert all(row["mean"] == row["metrics"]["accuracy"]["mean"] for row in record["rows"])
    assert all(row["dataset"] == "iris" and 0 <= row["mean"] <= 1 for row in record["rows"])
    once = {"full", "majority class"}
    assert {(row["name"] in once, len(row["scores"])) for row in record["rows"]} == {(False, 2), (True, 1)}
    for folder in (path for path in Path("table").iterdir() if path.is_dir()):
        (evaluation,) = read_card(folder).evaluations
        names = {row["name"] for row in evaluation["rows"]}
        assert names == {"distilled", "random", "full", "majority class"}, "each stands by itself"


def test_what_is_done_is_not_done_again(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cli(*TWO, "--json").record
    seen = graded_folders(monkeypatch)
    assert cli(*TWO, "--json").record == first
    assert seen == []
    more = cli(*TWO[:-4], "--baselines", "random,full", "--per-class", "1,2,3", "--json").record
    assert seen == ["random-3-per-class-seed-0", "k-means-3-per-class-seed-0"]
    assert more["rows"][: len(first["rows"])] == first["rows"]


def test_more_repeats_are_new_scores(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli(*TWO)
    seen = graded_folders(monkeypatch)
    cli(*TWO, "--repeats", "3")
    assert len(seen) == 4


def test_soft_labels_bring_random_with_the_same_labels(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    words = (*WORDS, "--methods", "kip,random", "--baselines", "random-same-labels", "--per-class", "1")
    monkeypatch.setattr("condenset.methods.kip.METHOD", _shortened())
    found = [(row["method"], row["name"]) for row in cli(*words, "--json").record["rows"]]
    guess = ("majority class", "majority class")
    assert found == [("kip", "distilled"), ("kip", "random-same-labels"), guess, ("random", "distilled")]
    seen = graded_folders(monkeypatch)
    cli(*words)
    assert seen == []


def _shortened() -> object:
    from dataclasses import replace

    from condenset.methods.kip import METHOD

    return replace(METHOD, recipe=lambda task, counts: replace(METHOD.recipe(task, counts), steps=2))


@pytest.mark.parametrize(
    ("form", "begins"),
    [("markdown", "| method | dataset |"), ("csv", "method,dataset,"), ("latex", "\\begin{tabular}"), ("json", "[")],
)
def test_the_table_has_the_forms_that_papers_use(cli: Cli, form: str, begins: str) -> None:
    told = cli(*WORDS, "--methods", "random", "--baselines", "", "--format", form)
    assert told.code == 0
    assert told.out.startswith(begins)
    assert "random" in told.out
    if form == "json":
        assert json.loads(told.out)[0]["method"] == "random"


def test_nothing_is_run_where_one_cell_is_impossible(cli: Cli, tmp_path: Path) -> None:
    for bad in (("--methods", "random,gcond"), ("--methods", "random", "--per-class", "1,9999")):
        told = cli(*WORDS, *bad)
        assert told.code == 2
        assert not (tmp_path / "table").exists()


def test_a_cell_that_diverges_is_left_out_and_said(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def diverged(state: State, seed: int) -> SyntheticSet:
        if state.recipe.start is k_means:
            raise DivergenceError("the objective ended worse than it began")
        return finished(state, seed)

    monkeypatch.setattr("condenset.run.distill.finished", diverged)
    told = cli(*TWO, "--json")
    assert told.code == 0
    assert {row["method"] for row in told.record["rows"]} == {"random", "full", "majority class"}
    assert "left out table/k-means-1-per-class-seed-0: the objective ended worse" in told.err
    alone = cli(*WORDS, "--methods", "k-means", "--per-class", "1")
    assert (alone.code, alone.out) == (1, "")
    assert "every run diverged" in alone.err


def test_a_folder_of_another_comparison_is_refused(cli: Cli) -> None:
    cli(*WORDS, "--methods", "random", "--baselines", "")
    told = cli(*WORDS, "--methods", "random", "--baselines", "", "--test-fraction", "0.5")
    assert told.code == 2
    assert "another configuration" in told.err


def test_workers_make_the_same_table_and_find_what_is_done(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = _without_times(cli(*TWO, "--json").record)
    workers = ("--executor", "processes", "--workers", "2", "--out", "other", "--json")
    told = cli(*TWO, *workers)
    assert _without_times(told.record) == alone
    assert "distilled other/k-means-2-per-class-seed-0\n" in told.err
    seen = graded_folders(monkeypatch)
    assert cli(*TWO, *workers).record == told.record
    assert seen == []


def _without_times(record: dict[str, Any]) -> dict[str, Any]:
    rows = [{key: value for key, value in row.items() if key != "train_s"} for row in record["rows"]]
    return {name: value for name, value in record.items() if name != "page"} | {"rows": rows}


def test_the_answer_names_the_page_that_charts_all_sets(cli: Cli) -> None:
    told = cli(*TWO)
    assert "page: table/page.html (open it in a browser)" in told.out
    page = Path("table/page.html").read_text(encoding="utf8")
    assert page.count('class="chart"') == 1 and "Accuracy, %, against bytes" in page
    described = page[page.index("<desc") : page.index("</desc>")]
    sets = ("random", "k-means", "random")  # two methods, then the baseline
    assert [part.split(":")[0] for part in described.split(">")[1].split("; ")][:3] == list(sets)
    assert all(f'id="run-{number}"' in page for number in (1, 2, 3, 4))
    assert cli(*TWO, "--json").record["page"] == "table/page.html"
    told = cli(*TWO, "--format", "csv")
    assert "page: table/page.html" in told.err and "page" not in told.out


def test_a_baseline_of_the_same_bytes_stands_once_beside_sets_of_several_sizes(cli: Cli) -> None:
    words = (*WORDS, "--methods", "random,relabel", "--baselines", "k-means", "--per-class", "1", "--json")
    rows = cli(*words).record["rows"]
    sizes = {row["bytes"] for row in rows if row["name"] == "distilled"}
    assert len(sizes) == 2, "soft labels are larger"
    assert [row["name"] for row in rows].count("k-means") == 1


BYTES = ("compare", "digits", "--exam", "quick", "--networks", "logistic", "--repeats", "1", "--out", "bytes")


def test_codecs_stand_at_the_same_bytes_beside_compressed_real_images(cli: Cli) -> None:
    asked = ("--methods", "random", "--codecs", "raw,quantised:bits=4", "--bytes", "3KB,6kB")
    record = cli(*BYTES, *asked, "--baselines", "random,jpeg", "--json").record
    rivals = [(row["name"], row["budget"]) for row in record["rows"] if row["name"] in ("random", "jpeg")]
    assert sorted(rivals) == [(name, size) for name in ("jpeg", "random") for size in ("3000 bytes", "6000 bytes")]
    own = [row for row in record["rows"] if row["name"] == "distilled"]
    assert [row["codec"] for row in own] == 2 * ["raw", "quantised:bits=4"]
    for row in record["rows"]:
        limit = int(row["budget"].split()[0])
        assert row["name"] == "majority class" or 0.9 * limit < row["bytes"] <= limit
    for row, stored in zip(own, record["sets"], strict=True):
        assert {key: stored[key] for key in ("method", "codec", "budget")} == {
            key: row[key] for key in ("method", "codec", "budget")
        }
        assert stored["data_bits"] + stored["label_bits"] == 8 * row["bytes"]
    assert [stored["floats"] for stored in record["sets"][:2]] == [64 * record["sets"][0]["items"], 2]
    page = Path("bytes/page.html").read_text()
    assert "random, quantised:bits=4" in page and "jpeg" in page


def test_what_the_sets_store_is_shown(cli: Cli) -> None:
    told = cli(*BYTES, "--methods", "random", "--codecs", "quantised:bits=4", "--bytes", "6KB", "--baselines", "random")
    assert "what the sets store" in told.out and "bits of data" in told.out and "quantised:bits=4" in told.out


def test_a_codec_that_the_bytes_are_too_few_for_is_left_out_and_said(cli: Cli) -> None:
    asked = ("--methods", "random", "--bytes", "2KB", "--baselines", "", "--json")
    told = cli(*BYTES, *asked, "--codecs", "quantised:bits=4,raw")
    assert [row["codec"] for row in told.record["sets"]] == ["quantised:bits=4"]
    assert "left out bytes/random-raw-2000-bytes-seed-0: " in told.err and "10 groups" in told.err
    alone = cli(*BYTES, *asked, "--codecs", "raw")
    assert alone.code == 2 and "10 groups" in alone.err


def test_items_have_no_compressed_rival(cli: Cli) -> None:
    record = cli(*BYTES, "--methods", "random", "--baselines", "random,rivals", "--json").record
    assert [row["name"] for row in record["rows"]] == ["distilled", "random", "medoids", "majority class"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--bytes", "30KB", "--per-class", "1"), "--bytes and --per-class are two units of one budget"),
        (("--bytes", "30XB"), "30XB"),
        (("--bytes", "30KB", "--codecs", "pixel"), "unknown codec"),
    ],
)
def test_budgets_and_codecs_that_are_none_are_refused(cli: Cli, asked: tuple[str, ...], said: str) -> None:
    told = cli(*BYTES, *asked)
    assert told.code == 2 and said in told.err


def test_a_recipe_is_compared_as_it_is_and_changed(cli: Cli) -> None:
    words = (
        *WORDS,
        "--methods",
        "random,random:start=k-means,random:start=herding",
        "--baselines",
        "",
        "--per-class",
        "2",
    )
    record = cli(*words, "--json").record
    own = {row["method"]: row["mean"] for row in record["rows"] if row["name"] == "distilled"}
    assert list(own) == ["random", "random:start=k-means", "random:start=herding"] and len(set(own.values())) > 1
    assert read_card(Path("table/random-start-k-means-2-per-class-seed-0")).facts.changes == {"start": "k-means"}
    assert "random:start=k-means" in cli(*words).out
    told = cli(*WORDS, "--methods", "random:begin=k-means", "--per-class", "2")
    assert told.code == 2 and "begin" in told.err
