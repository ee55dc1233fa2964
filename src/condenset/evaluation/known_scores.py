"""Scores of baselines on disk: random examples score the same in every table, so they are trained on once."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import cattrs
import torch
from torch import Tensor

from condenset.assets.signals import content_key
from condenset.core import structure
from condenset.core.batch import Batch
from condenset.core.cache import cache_folder, put
from condenset.core.metric import Metric
from condenset.core.outcome import Grades
from condenset.core.rng import Rng
from condenset.evaluation.binding import held_out_digest
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Score:
    """What a learner reached that was trained on one set.

    Attributes:
        grades: every metric.
        without: every metric less one part of the test data, for each part.
        units: of the test data.
        seconds: of training.
    """

    grades: Grades
    without: tuple[Grades, ...]
    units: int
    seconds: float


_EDITION = 2  # counts up when a learner's numbers change; those of closed forms on graphs did


def score_key(identity: str, task: Task, batch: Batch, rng: Rng) -> str:
    """A hash over all that a score depends on: learner, data, test data, examples that are trained on, stream, version.

    Args: identity, of the learner.
    """
    versions = version("condenset"), torch.__version__, _EDITION
    tested = held_out_digest(task)
    return content_key(_dense(batch), versions, identity, task.fingerprint, task.preprocessing, tested, rng)


def _dense(batch: Batch) -> list[Tensor]:
    leaves = structure.tensors((batch.inputs, batch.targets, batch.weight))
    return [leaf for leaf in leaves if leaf.layout == torch.strided]  # the data's own graph is in their fingerprint


def find_score(key: str, metrics: Sequence[Metric]) -> Score | None:
    """The score that was kept under a key; None where there is none that can be read, or that can be true.

    Args: metrics, that it must be of.
    """
    try:
        score = cattrs.structure(json.loads(_path(key).read_text(encoding="utf8")), Score)
    except (OSError, ValueError, TypeError, cattrs.BaseValidationError):
        return None
    return score if all(_possible(grades, metrics) for grades in (score.grades, *score.without)) else None


def _possible(grades: Grades, metrics: Sequence[Metric]) -> bool:
    """Whether all metrics are there and no other, finite and inside their bounds."""
    if grades.keys() != {metric.name for metric in metrics}:
        return False
    values = [(grades[metric.name], metric) for metric in metrics]
    return all(math.isfinite(value) and value == metric.within(value) for value, metric in values)


def keep_score(key: str, score: Score) -> None:
    """Keep a score; without effect where the folder cannot be written."""
    with contextlib.suppress(OSError), put(_path(key)) as part:
        part.write_text(json.dumps(cattrs.unstructure(score)), encoding="utf8")


def _path(key: str) -> Path:
    return cache_folder() / "scores" / f"{key}.json"
