"""An evaluation: averages over learners, a table with every metric, text and a notebook's form."""

from __future__ import annotations

import pytest

from condenset.core.metric import ACCURACY, Metric
from condenset.evaluation.evaluation import Evaluation
from condenset.evaluation.exam import named_exam
from condenset.evaluation.rows import Row


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
