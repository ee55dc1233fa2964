"""LRS and ARS against the values that the released code computes on fractions, and at their ends."""

from __future__ import annotations

import pytest

from condenset.evaluation.robust_scores import augmentation_robust_score, label_robust_score
from tests.conftest import golden


def test_the_scores_are_those_of_the_released_formula() -> None:
    vectors = golden("images/dd_ranking")
    for case, weight in enumerate(vectors["weight"].tolist()):
        for run, accuracies in enumerate(vectors["acc_fraction"][case].tolist()):
            real_hard, hard, soft, _, random_soft = accuracies
            found = label_robust_score(
                real_hard=real_hard, synthetic_hard=hard, synthetic_own=soft, random_own=random_soft, weight=weight
            )
            assert found == pytest.approx(vectors["printed.lrs_soft.per_run"][case, run].item(), rel=1e-10)
        for run, (own, random, own_plain, random_plain) in enumerate(vectors["acc_aug_fraction"][case].tolist()):
            found = augmentation_robust_score(
                synthetic_augmented=own,
                random_augmented=random,
                synthetic_plain=own_plain,
                random_plain=random_plain,
                weight=weight,
            )
            assert found == pytest.approx(vectors["printed.ars.per_run"][case, run].item(), rel=1e-10)


def test_the_ends_are_0_and_1() -> None:
    best = label_robust_score(real_hard=0.0, synthetic_hard=1.0, synthetic_own=1.0, random_own=0.0)
    worst = label_robust_score(real_hard=1.0, synthetic_hard=0.0, synthetic_own=0.0, random_own=1.0)
    assert (best, worst) == (pytest.approx(1.0), pytest.approx(0.0, abs=1e-12))
