"""Statistics of a row against SciPy; averages over learners."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from condenset.core.metric import ACCURACY, Metric
from condenset.evaluation.exam import named_exam
from condenset.evaluation.rows import Evaluation, Row, joined

SCORES = (0.71, 0.64, 0.69, 0.75)


def test_statistics_are_scipys() -> None:
    row = Row("distilled", "mlp", SCORES, 10, 0.5)
    assert row.mean == pytest.approx(np.mean(SCORES))
    assert row.std == pytest.approx(stats.tstd(SCORES) * np.sqrt(3 / 4))
    record = row.record([ACCURACY])
    expected = stats.ttest_1samp(SCORES, 0).confidence_interval(0.95)
    assert record["ci95"] == pytest.approx([expected.low, expected.high])
    assert (record["scores"], record["sets"], record["repeats"], record["bytes"]) == (list(SCORES), 1, 4, 10)


def test_learners_are_nested_in_sets() -> None:
    record = Row("distilled", "mlp", SCORES, 10, 0.5, sets=2).record([ACCURACY])
    expected = stats.ttest_1samp([0.675, 0.72], 0).confidence_interval(0.95)
    assert record["ci95"] == pytest.approx([max(0, expected.low), min(1, expected.high)])
    assert (record["sets"], record["repeats"]) == (2, 2)


def test_a_learner_without_chance_has_the_interval_of_the_test_data() -> None:
    parts = tuple(np.linspace(0.69, 0.71, 20))
    record = Row("distilled", "logistic", (0.7,) * 5, 10, 0.5, without={"accuracy": parts}, units=100).record(
        [ACCURACY]
    )
    half = stats.t.ppf(0.975, 19) * np.sqrt(19 * np.var(parts))
    assert record["ci95"] == pytest.approx([0.7 - half, 0.7 + half])


def test_nothing_missed_of_a_hundred_does_not_mean_that_nothing_ever_is() -> None:
    perfect = Row("distilled", "logistic", (1.0,) * 5, 10, 0.5, without={"accuracy": (1.0,) * 20}, units=100)
    assert perfect.record([ACCURACY])["ci95"] == pytest.approx([0.97, 1.0])


def test_sets_of_one_recipe_become_one_row() -> None:
    rows = [
        Row("distilled", "mlp", s, 10, 1.0, {"auroc": s}, without={"accuracy": (s[0], s[1])})
        for s in (SCORES[:2], SCORES[2:])
    ]
    row = joined(rows)
    assert (row.scores, row.sets, row.further["auroc"]) == (SCORES, 2, SCORES)
    assert row.without["accuracy"] == pytest.approx((0.7, 0.695))
    assert row.draws == pytest.approx((0.675, 0.72))


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
    return Evaluation(named_exam("quick"), (ACCURACY, Metric("balanced accuracy", bounds=(0.0, 1.0))), rows)


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
    first, head, *lines, verdict = str(graded()).splitlines()
    assert first == "exam quick"
    assert head.split() == [
        *("trained", "on", "network"),
        *("accuracy", "95", "%", "interval"),
        *("sets", "repeats", "bytes"),
    ]
    assert [line.split()[:4] for line in lines] == [["distilled", "mlp", "75.0", "%"], ["random", "mlp", "50.0", "%"]]
    assert "ahead of random, its best rival" in verdict
    html = graded()._repr_html_()
    assert html.count("<tr") == 3 and "<td>distilled</td>" in html and "exam quick" in html and "its best rival" in html
