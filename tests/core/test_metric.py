"""Metrics know their direction and their bounds."""

from __future__ import annotations

from condenset.core.metric import ACCURACY, Metric

ERROR = Metric("mse", higher_is_better=False, unit="error", bounds=(0.0, float("inf")))


def test_a_gain_is_above_zero_where_it_is_better_whatever_the_direction() -> None:
    assert ACCURACY.gain(0.9, 0.5) > 0 > ACCURACY.gain(0.4, 0.5)
    assert ERROR.gain(0.4, 0.5) > 0 > ERROR.gain(0.9, 0.5)
    assert (ACCURACY.best([0.1, 0.3, 0.2]), ERROR.best([0.1, 0.3, 0.2])) == (0.3, 0.1)


def test_values_stay_within_the_bounds() -> None:
    assert [ACCURACY.within(value) for value in (-0.86, 0.5, 1.61)] == [0.0, 0.5, 1.0]
    assert ERROR.within(-1e-9) == 0 and ERROR.within(1e9) == 1e9
