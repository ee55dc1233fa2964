"""What the scores of a comparison owe to labels and to augmentation: two more gradings of every set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from condenset.core.errors import RequestError
from condenset.evaluation.exam import Exam
from condenset.evaluation.robust_scores import augmentation_robust_score, label_robust_score

Record = dict[str, Any]


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


def _means(rows: Sequence[Record]) -> dict[tuple[str, str], float]:
    return {(row["name"], row["network"]): float(row["mean"]) for row in rows}


def _random(means: Mapping[tuple[str, str], float], network: str) -> float:
    """Random examples under the method's own labels: where these are soft, random examples carry them, too."""
    return means.get(("random-same-labels", network), means["random", network])
