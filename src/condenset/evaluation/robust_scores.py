"""How much of a score is owed to labels and to augmentation: the label-robust and the augmentation-robust score.

DD-Ranking (Li et al. 2025, arXiv 2505.13300), computed on accuracies as fractions in [0, 1]; with percent, as the
released code feeds them, the exponential saturates. They are derived from four accuracies each, which belong beside
them in any table: a comparison takes two more gradings of every set.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from condenset.core.errors import RequestError
from condenset.evaluation.exam import Exam

Record = dict[str, Any]


def label_robust_score(
    *, real_hard: float, synthetic_hard: float, synthetic_own: float, random_own: float, weight: float = 0.5
) -> float:
    """LRS in [0, 1]: what the set gains over random examples, less what hard labels cost it against the full data.

    Args: accuracies of the full data and of the set under hard labels, of the set and of random examples with the
    method's own labels; weight, of the gain.
    """
    return _normalised(weight * (synthetic_own - random_own) - (1 - weight) * (real_hard - synthetic_hard))


def augmentation_robust_score(
    *,
    synthetic_augmented: float,
    random_augmented: float,
    synthetic_plain: float,
    random_plain: float,
    weight: float = 0.5,
) -> float:
    """ARS in [0, 1]: what the set gains over random examples, with augmentation and without it.

    Args: accuracies of the set and of random examples, trained with and without augmentation; weight, of the former.
    """
    gain = weight * (synthetic_augmented - random_augmented) + (1 - weight) * (synthetic_plain - random_plain)
    return _normalised(gain)


def refuse_taught(exam: Exam) -> None:
    """Raises `RequestError` for an exam whose labels are a teacher's in every row, so that no row owes them more."""
    if exam.teacher is not None:
        raise RequestError(
            f"exam {exam.name!r} labels every row by a teacher, so no score is owed to a set's labels: "
            "leave --robust out, or choose an exam such as fair"
        )


def variants(exam: Exam) -> tuple[Exam, Exam]:
    """The exam with every set's own labels, and that with augmentation."""
    own = replace(exam, name=f"{exam.name}-own-labels", labels="own")
    return own, replace(own, name=f"{exam.name}-augmented", training=replace(exam.training, augment=True))


def robust_columns(
    hard: Sequence[Record], full: Mapping[str, float], exam: Exam, graded: Callable[[Exam], Sequence[Record]]
) -> list[Record]:
    """The rows of one set, "distilled" with the columns own_labels, augmented, lrs and ars, fractions in [0, 1].

    Args: hard, its rows under the exam, whose labels are hard; full, accuracy of the full data under it by learner
    (without it there is no label-robust score); graded, the rows under a variant.
    """
    own, augmented = (_means(graded(variant)) for variant in variants(exam))
    rows = []
    for row in hard:
        network = row["network"]
        if row["name"] != "distilled":
            rows.append(row)
            continue
        columns = {"own_labels": own["distilled", network], "augmented": augmented["distilled", network]}
        if network in full:
            columns["lrs"] = label_robust_score(
                real_hard=full[network],
                synthetic_hard=row["mean"],
                synthetic_own=own["distilled", network],
                random_own=_random(own, network),
            )
        columns["ars"] = augmentation_robust_score(
            synthetic_augmented=augmented["distilled", network],
            random_augmented=_random(augmented, network),
            synthetic_plain=own["distilled", network],
            random_plain=_random(own, network),
        )
        rows.append(row | columns)
    return rows


def _normalised(margin: float) -> float:
    """exp maps margins in [-1, 1] onto [0, 1], so that 0 becomes 0.27."""
    low, high = math.exp(-1), math.exp(1)
    return (math.exp(margin) - low) / (high - low)


def _means(rows: Sequence[Record]) -> dict[tuple[str, str], float]:
    return {(row["name"], row["network"]): float(row["mean"]) for row in rows}


def _random(means: Mapping[tuple[str, str], float], network: str) -> float:
    """Random examples under the method's own labels: where these are soft, random examples carry them, too."""
    return means.get(("random-same-labels", network), means["random", network])
