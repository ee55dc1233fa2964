"""The verdict: who the rival is, how far the set is ahead, and that chance is not called a lead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from condenset.core.metric import ACCURACY, Metric
from condenset.evaluation.rows import Row
from condenset.evaluation.verdict import Verdict, verdict_on

ERROR = Metric("rmse", higher_is_better=False, unit="error", bounds=(0.0, float("inf")))


def row(name: str, *scores: float, network: str = "mlp", sets: int = 1) -> Row:
    return Row(name, network, scores, 10, 1.0, sets=sets)


OWN = row("distilled", 0.80, 0.81, 0.79)
RIVALS = (row("random", 0.6, 0.61, 0.59, sets=3), row("k-means", 0.7, 0.71, 0.69, sets=3))


def given(*rows: Row, metric: Metric = ACCURACY) -> Verdict:
    verdict = verdict_on(rows, metric)
    assert verdict is not None
    return verdict


def test_the_best_rival_is_named_and_the_full_data_are_none() -> None:
    found = given(OWN, *RIVALS, row("full", 0.9), row("random-same-labels", 0.95, 0.95, 0.95))
    assert (found.rival, found.worth_it) == ("k-means", True)
    assert found.gap == pytest.approx(0.1) and found.share_of_full == pytest.approx(0.8 / 0.9)
    assert found.ci95[0] < 0.1 < found.ci95[1]
    assert found.sentence(ACCURACY).startswith("Worth it: 10.0")


def test_a_set_behind_its_rival_is_not_worth_it_and_says_what_to_take() -> None:
    found = given(row("distilled", 0.6, 0.61, 0.59), *RIVALS)
    assert found.worth_it is False and found.gap == pytest.approx(-0.1)
    assert found.sentence(ACCURACY).startswith("Not worth it, take k-means")


def test_a_lead_that_may_be_chance_is_none() -> None:
    found = given(row("distilled", 0.6, 0.75, 0.8), *RIVALS)
    assert found.worth_it is False and found.gap > 0 > found.ci95[0]
    assert found.sentence(ACCURACY).startswith("Not told apart from k-means")


def test_verdicts_are_symmetric_and_a_tie_is_a_tie() -> None:
    other = (row("k-means", 0.55, 0.7, 0.85, sets=3),)
    behind, ahead = given(row("distilled", 0.6, 0.7, 0.77), *other), given(row("distilled", 0.63, 0.7, 0.8), *other)
    assert behind.standing == ahead.standing == "not told apart" and behind.gap == pytest.approx(-ahead.gap)
    assert behind.sentence(ACCURACY).startswith("Not told apart from k-means: 1.0")
    same = given(row("distilled", 0.7, 0.71, 0.69), *RIVALS)
    assert same.standing == "a tie" and same.worth_it is False
    assert same.sentence(ACCURACY).startswith("A tie with k-means: the same accuracy as k-means, its best rival (95 %")
    far = given(row("distilled", 0.6, 0.61, 0.59), *RIVALS)
    assert far.standing == "behind" and given(OWN, *RIVALS).standing == "ahead"


def test_a_set_below_the_uninformed_guess_is_told_so_first() -> None:
    guess = replace(row("majority class", 0.75), network="any")
    low, high = (given(row("distilled", *scores), *RIVALS, guess) for scores in ((0.6, 0.61, 0.59), (0.8, 0.81, 0.79)))
    assert low.sentence(ACCURACY).startswith("Below the uninformed guess (majority class), which needs no data. Not")
    assert high.sentence(ACCURACY).startswith("Worth it") and "guess" not in high.record()


def test_of_errors_the_lower_is_ahead() -> None:
    found = given(OWN, *RIVALS, row("full", 0.4), metric=ERROR)
    assert (found.rival, found.worth_it) == ("random", False)
    assert found.gap == pytest.approx(-0.2) and found.share_of_full == pytest.approx(0.5)


def test_one_guess_stands_for_every_learner() -> None:
    mine = (OWN, row("distilled", 0.5, 0.5, 0.5, network="logistic"))
    guess = replace(row("majority class", 0.75), network="any")
    found = given(*mine, *RIVALS, guess)
    assert found.rival == "majority class", "no other rival was graded by every learner"
    assert found.gap == pytest.approx(-0.1)


def test_one_repeat_and_no_rival_give_no_verdict() -> None:
    assert given(row("distilled", 0.8), row("random", 0.5)).worth_it is None
    assert verdict_on([OWN, row("full", 0.9)], ACCURACY) is None
    assert verdict_on([*RIVALS], ACCURACY) is None


def test_the_luck_of_one_set_is_taken_from_the_rivals_draws() -> None:
    wide = row("random", 0.5, 0.6, 0.7, 0.8, sets=4)
    same = (0.75,) * 4
    one, four = given(row("distilled", *same), wide), given(row("distilled", *same, sets=4), wide)
    assert one.gap == four.gap == pytest.approx(0.1)
    assert (one.ci95[1] - one.ci95[0]) == pytest.approx(np.sqrt(5) * (four.ci95[1] - four.ci95[0]))


def test_random_against_random_is_called_ahead_in_no_more_than_one_case_in_twenty() -> None:
    """A set's quality varies by 3 points, a learner's seed by 1; the rival's five draws have a learner each."""
    rng = np.random.default_rng(0)
    ahead = 0
    for _ in range(400):
        own = rng.normal(0.6, 0.03) + rng.normal(0, 0.01, 5)
        other = rng.normal(0.6, 0.03, 5) + rng.normal(0, 0.01, 5)
        ahead += bool(given(row("distilled", *own), row("random", *other, sets=5)).worth_it)
    assert ahead / 400 < 0.05
