"""Statistics of a row against SciPy; averages over learners."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from condenset.core.metric import ACCURACY
from condenset.evaluation.exam import named_exam
from condenset.evaluation.rows import Evaluation, Row
from condenset.tasks.targets.classification import Classification


def test_statistics_are_scipys() -> None:
    scores = (0.71, 0.64, 0.69, 0.75)
    row = Row("distilled", "mlp", scores, 10, 0.5)
    assert row.mean == pytest.approx(np.mean(scores))
    assert row.std == pytest.approx(stats.tstd(scores) * np.sqrt(3 / 4))
    expected = stats.ttest_1samp(scores, 0).confidence_interval(0.95)
    assert row.ci95 == pytest.approx((expected.low, expected.high))
    record = row.record([ACCURACY])
    assert record["ci95"] == list(row.ci95)
    assert (record["scores"], record["repeats"], record["bytes"]) == (list(scores), 4, 10)
    assert Row("distilled", "mlp", (0.5,), 10, 0.5).ci95 == (0.5, 0.5)


def test_an_average_is_over_the_learners_of_one_row_name() -> None:
    rows = (Row("a", "x", (0.2, 0.4), 1, 0.0), Row("a", "y", (0.7,), 1, 0.0), Row("b", "x", (0.1,), 1, 0.0))
    evaluation = Evaluation(named_exam("quick"), (ACCURACY,), rows)
    assert evaluation.average("a") == pytest.approx(0.5)
    with pytest.raises(KeyError, match="no row 'c': rows are \\['a', 'b'\\]"):
        evaluation.average("c")


def graded() -> Evaluation:
    rows = (
        Row("distilled", "mlp", (0.7, 0.8), 120, 0.5, {"balanced accuracy": (0.6, 0.7)}),
        Row("random", "mlp", (0.5,), 120, 0.25, {"balanced accuracy": (0.4,)}),
    )
    return Evaluation(named_exam("quick"), Classification.metrics, rows)


def test_the_rows_are_a_table_with_every_metric() -> None:
    frame = graded().to_pandas().set_index("trained on")
    assert frame["accuracy"].tolist() == pytest.approx([0.75, 0.5])
    assert frame["accuracy std"].tolist() == pytest.approx([0.05, 0.0])
    assert frame["balanced accuracy"].tolist() == pytest.approx([0.65, 0.4])
    assert frame.loc["random", ["accuracy low", "accuracy high"]].tolist() == [0.5, 0.5]
    assert frame["accuracy high"].max() <= 1.0, "an interval stays inside the metric's bounds"
    assert frame[["network", "repeats", "bytes", "train_s"]].to_numpy().tolist() == [
        ["mlp", 2, 120, 0.5],
        ["mlp", 1, 120, 0.25],
    ]


def test_printed_and_in_a_notebook_it_is_a_table() -> None:
    first, head, *lines = str(graded()).splitlines()
    assert first == "exam quick"
    assert head.split() == [
        *("trained", "on", "network"),
        *("accuracy", "accuracy", "low", "accuracy", "high"),
        *("repeats", "bytes", "train_s"),
    ]
    assert [line.split()[:3] for line in lines] == [["distilled", "mlp", "0.75"], ["random", "mlp", "0.50"]]
    html = graded()._repr_html_()
    assert html.count("<tr") == 3 and "<td>distilled</td>" in html and "exam quick" in html
