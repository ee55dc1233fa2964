"""Statistics of a row against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from condenset.core.metric import ACCURACY
from condenset.evaluation.rows import Row, joined

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
