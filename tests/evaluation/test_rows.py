"""Statistics of a row against SciPy; averages over learners."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from condenset.core.metric import ACCURACY
from condenset.evaluation.exam import named_exam
from condenset.evaluation.rows import Evaluation, Row


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
