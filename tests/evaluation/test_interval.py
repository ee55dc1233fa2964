"""Intervals: against SciPy, and that they hold what they promise to."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from condenset.core.metric import ACCURACY, Metric
from condenset.core.outcome import Outcome
from condenset.evaluation.interval import NO_SPREAD, interval, of_draws, of_test, shared, together, within


def test_of_independent_values_it_is_students() -> None:
    values = [0.2, 0.5, 0.4, 0.3]
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert interval(0.35, of_draws(values)) == pytest.approx((expected.low, expected.high))
    assert of_draws([0.2]) == NO_SPREAD


def test_of_a_mean_over_test_rows_it_is_the_standard_error() -> None:
    right = torch.from_numpy(np.random.default_rng(0).random(2000) < 0.7).double()
    outcome = Outcome(2000, lambda index: {"accuracy": right[index].mean().item()})
    spread = of_test([grades["accuracy"] for grades in outcome.without_each_part()])
    expected = right.var().item() / 2000
    assert spread.variance == pytest.approx(expected, rel=0.6)  # of 20 parts; chi squared with 19 degrees of freedom
    assert spread.freedom == 19


def test_two_samples_have_welchs_degrees_of_freedom() -> None:
    one, other = [1.0, 2.0, 4.0], [0.0, 0.5, 0.1, 0.9, 0.3]
    expected = stats.ttest_ind(one, other, equal_var=False)
    assert together(of_draws(one), of_draws(other)).freedom == pytest.approx(expected.df)
    ends = interval(np.mean(one) - np.mean(other), together(of_draws(one), of_draws(other)))
    assert ends == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_an_interval_stays_inside_the_bounds_and_is_not_empty() -> None:
    assert within((0.9, 1.2), ACCURACY, 100) == (0.9, 1.0)
    assert within((1.0, 1.0), ACCURACY, 100) == pytest.approx((0.97, 1.0))
    assert within((3.0, 3.0), Metric("mse", False, "error", (0.0, float("inf"))), 100) == (3.0, 3.0)


def test_it_holds_the_long_run_mean_in_nineteen_of_twenty_cases() -> None:
    """Five learners of accuracies that differ by 2 points, each tested on the same 500 rows of a population."""
    rng, held = np.random.default_rng(0), 0
    for _ in range(300):
        easy = rng.random(500)
        learners = rng.normal(0.7, 0.02, 5)
        right = [torch.from_numpy(easy < ability).double() for ability in learners]
        outcomes = [Outcome(500, lambda index, own=own: {"accuracy": own[index].mean().item()}) for own in right]
        parts = shared([[g["accuracy"] for g in outcome.without_each_part()] for outcome in outcomes])
        scores = [own.mean().item() for own in right]
        low, high = interval(float(np.mean(scores)), together(of_draws(scores), of_test(parts)))
        held += low <= 0.7 <= high
    assert 0.92 <= held / 300 <= 0.99


def test_what_single_learners_owe_the_test_data_does_not_count_twice() -> None:
    """Learners that err on rows of their own: how their scores spread tells all there is."""
    rng, held, variances = np.random.default_rng(0), 0, []
    for _ in range(300):
        right = torch.from_numpy(rng.random((5, 400)) < 0.7).double()
        outcomes = [Outcome(400, lambda index, own=own: {"accuracy": own[index].mean().item()}) for own in right]
        scores = right.mean(1).tolist()
        parts = shared([[g["accuracy"] for g in outcome.without_each_part()] for outcome in outcomes])
        variances.append(of_draws(scores).variance + of_test(parts).variance)
        low, high = interval(float(np.mean(scores)), together(of_draws(scores), of_test(parts)))
        held += low <= 0.7 <= high
    assert np.mean(variances) == pytest.approx(0.7 * 0.3 / 2000, rel=0.3)
    assert 0.92 <= held / 300 <= 0.99


def test_one_learner_shares_what_it_has() -> None:
    assert shared([[0.5, 0.6, 0.7]]) == (0.5, 0.6, 0.7)
    assert shared([[0.5, 0.6], [0.7, 0.8]]) == pytest.approx((0.6, 0.7)), "both vary alike"
    assert shared([[], []]) == ()


def test_stretches_are_left_out_where_neighbours_are_alike() -> None:
    seen: list[list[int]] = []

    def of(index: torch.Tensor) -> dict[str, float]:
        seen.append(index.tolist())
        return {}

    Outcome(40, of, ordered=True).without_each_part()
    assert seen[0] == list(range(2, 40)) and seen[-1] == list(range(38)) and len(seen) == 20
    seen.clear()
    Outcome(40, of).without_each_part()
    left_out = [set(range(40)) - set(index) for index in seen]
    assert set.union(*left_out) == set(range(40)) and {0, 1} not in left_out
    assert Outcome(1, of).without_each_part() == []
