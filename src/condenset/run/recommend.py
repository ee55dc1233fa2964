"""Which recipe suits the data: those that take moments, made from a part of the training data, judged on the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from condenset.core.batch import Batch
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.core.execution import HERE, Execution
from condenset.evaluation.entries import Entry, evaluate_entries
from condenset.evaluation.exam import Exam, named_exam
from condenset.evaluation.interval import interval, of_draws
from condenset.evaluation.terms import Terms
from condenset.recipe import METHODS
from condenset.run.config import Config
from condenset.run.distill import Conditions, run
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

DRAWS = 3


@dataclass(frozen=True)
class Contender:
    """A recipe: a method, and what is changed in it."""

    method: str
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """ "relabel, start=herding"."""
        return ", ".join([self.method, *(f"{name}={value}" for name, value in self.changes.items())])

    @property
    def words(self) -> str:
        """As `condenset distill` is told."""
        return " ".join([f"--method {self.method}", *(f"--set {name}={value}" for name, value in self.changes.items())])


SIMPLE = tuple(map(Contender, ("k-means", "herding", "k-center", "random")))
LEARNT = (
    Contender("relabel"),
    Contender("relabel", {"start": "k-means"}),
    Contender("relabel", {"start": "herding"}),
    Contender("relabel", {"start": "random"}),
)


@dataclass(frozen=True)
class Tried:
    """What a contender reached on validation data.

    Attributes:
        mean, ci95: of the first metric, over draws, the mean over the exam's learners.
        bytes: of a set.
        seconds: that making one took.
    """

    contender: Contender
    mean: float
    ci95: tuple[float, float]
    bytes: int
    seconds: float

    def record(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "method": self.contender.method,
            "changes": dict(self.contender.changes),
            "mean": self.mean,
            "ci95": list(self.ci95),
            "bytes": self.bytes,
            "seconds": self.seconds,
        }


def recommend(
    task: Task,
    size: Size,
    *,
    contenders: Sequence[Contender] = (*SIMPLE, *LEARNT),
    exam: Exam | None = None,
    seed: int = 0,
    execution: Execution = HERE,
    watch: Callable[[str, int, int], None] = lambda name, done, total: None,
) -> list[Tried]:
    """The contenders that can be made for the budget, the best first; of equal ones that which was named first.

    The test data are not touched: sets are made from four fifths of the training data, or from all of them where the
    data have validation data of their own, and graded on the rest.

    Args: exam, that of the data when None; watch, called with what is tried, its number and how many there are.
    Raises `RequestError` where none can be made.
    """
    exam = exam or named_exam(task.modality.exam)
    chosen = task.with_validation()
    assert chosen.validation is not None
    judged = replace(chosen, held_out=partial(_same, chosen.validation)).to(execution.device)
    tried, fits = [], [one for one in contenders if set(METHODS.declared(one.method)["needs"]) <= task.offers]
    for number, contender in enumerate(fits):
        watch(contender.name, number, len(fits))
        try:
            tried.append(_tried(contender, chosen, judged, size, exam, seed, execution))
        except RequestError:  # a group that is too small, say: it cannot be recommended
            continue
    if not tried:
        raise RequestError(f"no recipe can make {size} of {task.name}: give another budget")
    metric = task.target.metrics[0]
    return sorted(tried, key=lambda one: metric.gain(one.mean, 0.0), reverse=True)


def _tried(
    contender: Contender, chosen: Task, judged: Task, size: Size, exam: Exam, seed: int, execution: Execution
) -> Tried:
    began = time.perf_counter()
    sets = [_made(contender, chosen, size, seed + draw, execution) for draw in range(DRAWS)]
    seconds = (time.perf_counter() - began) / DRAWS
    entries = _entries(contender.name, sets, Terms(exam, judged, (), execution, seed))
    rows = list(evaluate_entries(entries, judged, execution.executor))
    draws = np.mean([row.scores for row in rows], axis=0).tolist()
    mean = float(np.mean(draws))
    return Tried(contender, mean, interval(mean, of_draws(draws)), sets[0].nbytes().total, seconds)


def _made(contender: Contender, task: Task, size: Size, seed: int, execution: Execution) -> SyntheticSet:
    config = Config(task.name, contender.method, size, seed, changes=contender.changes)
    return run(config, task=task, conditions=Conditions(device=execution.device)).synthetic.to(task.device)


def _entries(name: str, sets: Sequence[SyntheticSet], terms: Terms) -> list[Entry]:
    batches = [made.decode().detach() for made in sets]
    return list(terms.entries(name, batches, sets[0], sets[0].nbytes().total))


def _same(batch: Batch) -> Batch:
    return batch
