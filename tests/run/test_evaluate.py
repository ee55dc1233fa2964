"""Evaluating a saved set: the same scores each time, noted in its card, only on the data it was made from."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

import condenset
from condenset.artifact.folder import CONFIG_FILE
from condenset.artifact.reading import read
from condenset.artifact.sizes import saved_sizes
from condenset.core.budget import Size
from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.metric import score_text
from condenset.run.config import Config, read_config
from condenset.run.distill import run
from condenset.run.evaluate import evaluate
from condenset.tasks.catalogue import open_task
from condenset.tasks.targets.regression import Regression
from tests.run.conftest import Cli, customers


@pytest.fixture
def made(tmp_path: Path) -> Path:
    condenset.distill("iris", "k-means", size=Size(per_class=2), out=tmp_path / "made")
    return tmp_path / "made"


def test_every_evaluation_is_noted_in_the_card(made: Path) -> None:
    first = evaluate(made, exam="quick", networks=("logistic",), baselines=("random",), repeats=3)
    second = evaluate(made, exam="quick", networks=("logistic",), baselines=("random",), repeats=3)
    noted = read(made).card.evaluations
    assert [record["exam_hash"] for record in noted] == [first.exam.hash] * 2
    assert [row.scores for row in first.rows] == [row.scores for row in second.rows]
    assert [row["name"] for row in noted[0]["rows"]] == ["distilled", "random", "majority class"]
    assert [len(row["scores"]) for row in noted[1]["rows"]] == [3, 3, 1]
    assert noted[0]["verdict"]["rival"] == "random"
    assert first.verdict is not None
    assert first.verdict.sentence(first.metrics[0]) in (made / "README.md").read_text(encoding="utf8")


def test_sizes_are_what_people_count(tmp_path: Path) -> None:
    path = customers(tmp_path / "customers.csv")
    condenset.distill(path, "random", size=Size(per_class=2), out=tmp_path / "made")
    found = evaluate(tmp_path / "made", exam="quick", networks=("logistic",), baselines=(), repeats=1).record()
    assert (
        found["sizes"]
        == read(tmp_path / "made").card.evaluations[0]["sizes"]
        == saved_sizes(tmp_path / "made").record()
    )
    assert found["sizes"]["data"]["disk"] == round(path.stat().st_size * 0.8)
    assert found["sizes"]["set"]["disk"] > found["sizes"]["set"]["tensors"] == found["rows"][0]["bytes"]


def test_rivals_of_a_set_within_bytes_are_in_the_format_of_the_data(tmp_path: Path) -> None:
    """Sets store 8 numbers of 4 bytes and a label of 8 for a row that takes 26 bytes in its own types."""
    path = customers(tmp_path / "customers.csv")
    rows = {}
    for name, size in (("counted", Size(per_class=2)), ("bytes", Size(bytes=2_000))):
        made = condenset.distill(path, "random", size=size, out=tmp_path / name)
        found = evaluate(tmp_path / name, exam="quick", networks=("logistic",), baselines=("random",), repeats=1)
        rows[name] = {row.name: row.bytes for row in found.rows} | {"set": made.nbytes().total}
    assert rows["counted"]["random"] == rows["counted"]["set"]
    price = open_task(path).footprint.example
    assert price is not None and rows["bytes"]["random"] % price == 0
    assert 2_000 - 2 * price < rows["bytes"]["random"] <= 2_000


def test_the_random_baseline_is_drawn_anew_for_every_repeat(made: Path) -> None:
    found = evaluate(made, exam="quick", networks=("logistic",), baselines=("random",), repeats=6)
    rows = {row.name: row.scores for row in found.rows}
    assert len(set(rows["random"])) > 1
    assert len(set(rows["distilled"])) == 1, "a logistic regression on the same set is the same each time"


def test_the_exam_is_that_of_the_data_where_none_is_named(tmp_path: Path) -> None:
    condenset.distill("iris", "dc", size=Size(per_class=1), out=tmp_path / "dc", changes={"steps": 1})
    asked = {"networks": ("logistic",), "baselines": (), "repeats": 1}
    names = [evaluate(tmp_path / "dc", exam=exam, **asked).exam.name for exam in (None, "paper")]
    assert names == ["tabular", "dc2021"]


def test_sets_by_several_seeds_are_one_row_and_each_notes_it(tmp_path: Path) -> None:
    for seed in (0, 1):
        condenset.distill("iris", "random", size=Size(per_class=2), seed=seed, out=tmp_path / f"{seed}")
    condenset.distill("iris", "random", size=Size(per_class=3), out=tmp_path / "larger")
    asked = {"networks": ("logistic",), "baselines": (), "repeats": 2}
    found = evaluate(tmp_path / "0", tmp_path / "1", **asked)
    assert (found.rows[0].sets, len(found.rows[0].scores)) == (2, 4)
    assert all(len(read(tmp_path / name).card.evaluations) == 1 for name in ("0", "1"))
    with pytest.raises(RequestError, match="the sets differ in size"):
        evaluate(tmp_path / "0", tmp_path / "larger", **asked)


def test_sets_for_which_nobody_named_a_method_are_one_row_whatever_each_seed_chose(tmp_path: Path) -> None:
    for seed, (method, recommended) in enumerate([("random", True), ("k-means", True), ("herding", False)]):
        config = Config("iris", method, Size(per_class=2), seed, recommended=recommended)
        run(config, out=tmp_path / f"{seed}")
    assert read_config(tmp_path / "0" / CONFIG_FILE).recommended and "recommended" not in config.toml()
    asked = {"networks": ("logistic",), "baselines": (), "repeats": 2}
    assert evaluate(tmp_path / "0", tmp_path / "1", **asked).rows[0].sets == 2
    with pytest.raises(RequestError, match="the sets differ in changes, method, recommended, steps"):
        evaluate(tmp_path / "0", tmp_path / "2", **asked)


def test_an_evaluation_names_the_set_and_the_data_that_it_is_of(made: Path) -> None:
    found = evaluate(made, exam="quick", networks=("logistic",), baselines=(), repeats=1)
    card = read(made).card
    assert found.bound_to is not None and found.bound_to.sets == (card.sha256,)
    assert found.bound_to.train == card.task.fingerprint.sha256
    (noted,) = card.gradings
    assert (noted.bound_to, noted.rows[0].scores) == (found.bound_to, found.rows[0].scores)


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_where_the_card_cannot_be_written_the_scores_are_shown_first(
    words: tuple[str, ...], cli: Cli, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("evaluate", "made", "--exam", "quick", "--networks", "logistic", "--repeats", "2", "--baselines", "random")
    monkeypatch.setattr("condenset.artifact.files.write_through", read_only)
    told = cli(*asked, *words)
    assert told.code == 1
    assert "its card does not say so: made: cannot write" in told.err and "keep them, or evaluate a copy" in told.err
    assert "lost" not in told.err
    if words:
        assert [row["name"] for row in told.record["rows"]] == ["distilled", "random", "majority class"]
    else:
        assert "distilled" in told.out and "noted in" not in told.out
    assert read(made).card.evaluations == ()


def read_only(path: Path, content: bytes) -> None:
    raise OSError(errno.EROFS, "Read-only file system")


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"baselines": ("randon",)}, UnknownNameError, "did you mean 'random'"),
        ({"exam": "quik"}, UnknownNameError, "did you mean 'quick'"),
        ({"repeats": 0}, RequestError, "at least 1"),
        ({"networks": ("mpl",), "exam": "quick"}, UnknownNameError, "mpl"),
    ],
)
def test_a_wrong_request_notes_nothing(
    options: dict[str, object], error: type[Exception], said: str, made: Path
) -> None:
    with pytest.raises(error, match=said):
        evaluate(made, **options)  # type: ignore[arg-type]
    assert read(made).card.evaluations == ()


@pytest.fixture
def ages(cli: Cli, tmp_path: Path) -> tuple[str, ...]:
    """Words that evaluate a set of customers whose age is to be predicted."""
    customers(tmp_path / "customers.csv")
    made = cli("distill", "customers.csv", "--target", "age", "--method", "k-means", "--size", "10", "--out", "ages")
    assert made.code == 0, made.err
    return "evaluate", "ages", "--networks", "logistic", "--repeats", "2", "--baselines", "random"


def test_the_table_shows_the_metric_that_is_asked_for_and_the_json_has_all(cli: Cli, ages: tuple[str, ...]) -> None:
    record = cli(*ages, "--json").record
    assert [metric["name"] for metric in record["metrics"]] == ["r2", "rmse", "mae"]
    assert cli(*ages, "--metric", "mae", "--json").record["metrics"] == record["metrics"]
    for name, words in (("r2", ()), ("mae", ("--metric", "mae"))):
        shown = cli(*ages, *words).out
        metric = next(metric for metric in Regression.metrics if metric.name == name)
        for row in record["rows"]:
            graded = row["metrics"][name]
            low, high = (score_text(end, metric) for end in graded["ci95"])
            assert score_text(graded["mean"], metric) in shown and f"{low} to {high}" in shown
        assert ("mae" in shown, "R²" in shown) == (name == "mae", name == "r2")
    assert record["rows"][0]["mean"] == record["rows"][0]["metrics"]["r2"]["mean"], "the first ranks"


def test_a_metric_that_the_target_lacks_is_refused_before_anything_is_trained(
    cli: Cli, ages: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("condenset.run.watched.grade", lambda *_: pytest.fail("it was graded"))
    told = cli(*ages, "--metric", "rmsee")
    assert (told.code, told.out) == (2, "")
    assert "unknown metric 'rmsee': did you mean 'rmse'? known are mae, r2, rmse" in told.err
    assert read(Path("ages")).card.evaluations == ()


def test_a_whitened_set_needs_the_data_whitened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "cache"))
    whitened = condenset.open_task("digits", zca="relative")
    condenset.distill(whitened, "k-means", size=Size(per_class=1), out=tmp_path / "white")
    with pytest.raises(RequestError, match=r"zca was .* and is None.*: open the data with zca"):
        evaluate(tmp_path / "white", exam="quick", task=condenset.open_task("digits"), networks=("mlp",))
    found = evaluate(tmp_path / "white", exam="quick", networks=("mlp",), baselines=(), repeats=1)
    assert found.average("distilled") > 0.3
