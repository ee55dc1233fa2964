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
from condenset.core.metric import Metric, metric_text, score_text
from condenset.distillation import distilled
from condenset.evaluation.entries import evaluate_entries
from condenset.evaluation.exam import Exam, named_exam
from condenset.evaluation.interval import interval, of_draws
from condenset.evaluation.terms import Terms
from condenset.recipe import METHODS, budgeted
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

DRAWS = 2  # of each finalist; of what is out before, one
FINALISTS = 3


@dataclass(frozen=True)
class Contender:
    """A recipe: a method, and what is changed in it.

    Attributes:
        needs: what the data must offer beside what the method needs, where it is known to be worth its time on those.
    """

    method: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    def fits(self, task: Task) -> bool:
        """Whether the task offers what it needs."""
        return {*METHODS.declared(self.method)["needs"], *self.needs} <= task.offers

    @property
    def name(self) -> str:
        """ "relabel, start=herding"."""
        return ", ".join([self.method, *(f"{name}={value}" for name, value in self.changes.items())])

    @property
    def words(self) -> str:
        """As `condenset distill` is told."""
        return " ".join([f"--method {self.method}", *(f"--set {name}={value}" for name, value in self.changes.items())])


SIMPLE = tuple(map(Contender, ("k-means", "herding", "k-center", "random")))
_SHORT = {"start": "k-means", "steps": 400, "source.size": 20, "source.renew_every": 20}
LEARNT = (
    Contender("dm", _SHORT, ("grid",)),
    Contender("dm", _SHORT | {"labels": "soft", "finish": "relabel"}, ("grid",)),
    Contender("relabel", needs=("features",)),
    Contender("relabel", {"start": "k-means"}, ("features",)),
    Contender("relabel", {"start": "herding"}, ("features",)),
    Contender("relabel", {"start": "random"}, ("features",)),
    Contender("series-ridge"),
)


@dataclass(frozen=True)
class Tried:
    """What a contender reached on validation data.

    Attributes:
        scores: of the first metric, for each draw the mean over the exam's learners.
        bytes: of a set.
        seconds: that making one took.
    """

    contender: Contender
    scores: tuple[float, ...]
    bytes: int
    seconds: float

    @property
    def mean(self) -> float:
        """Over draws."""
        return float(np.mean(self.scores))

    @property
    def ci95(self) -> tuple[float, float] | None:
        """Of the mean, over draws; one tells nothing of them."""
        return interval(self.mean, of_draws(self.scores)) if len(self.scores) > 1 else None

    def record(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "method": self.contender.method,
            "changes": dict(self.contender.changes),
            "mean": self.mean,
            "ci95": self.ci95 and list(self.ci95),
            "scores": list(self.scores),
            "bytes": self.bytes,
            "seconds": self.seconds,
        }


def told(tried: Sequence[Tried], metric: Metric) -> str:
    """Which came first and what is to be expected of it, beside the best of the others' kind. Args: metric, of them."""
    best, *others = tried
    simple = best.contender in SIMPLE
    other = next((one for one in others if (one.contender in SIMPLE) != simple), None)
    beside = "" if other is None else f", {other.contender.name} {score_text(other.mean, metric)}"
    opinion = f"nothing that is learnt was ahead: {best.contender.name}" if simple else best.contender.name
    reached = f"{metric_text(metric)} {score_text(best.mean, metric)}"
    return f"{opinion}, chosen on validation data ({reached}{beside})"


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
    data have validation data of their own, and graded on the rest. Every contender makes one set; the best of them,
    and the best that nothing is learnt for, make more.

    Args: exam, that of the data when None; watch, called with what is tried, the number of sets before and of all.
    Raises `RequestError` where none can be made.
    """
    fits = [one for one in contenders if one.fits(task)]
    for simplest in fits[:1]:
        budgeted(simplest.method, task, size, simplest.changes)  # what all the data cannot give need not be tried
    race = _Race.of(task, size, exam or named_exam(task.modality.exam), seed, execution)
    total, first, refused = len(fits) + FINALISTS * (DRAWS - 1), [], "none fits the data"
    for number, contender in enumerate(fits):
        watch(contender.name, number, total)
        try:
            first.append(race.tried(contender, 1))
        except RequestError as error:  # a group that is too small, say: it cannot be recommended
            refused = str(error)
    if not first:
        raise RequestError(
            f"no recipe can be tried on a part of {task.name} ({refused}): give another budget, or name the method"
        )
    ranked, final = race.ranked(first), []
    chosen = ranked[:FINALISTS]
    if not any(one.contender in SIMPLE for one in chosen):
        chosen += [one for one in ranked if one.contender in SIMPLE][:1]
    for number, one in enumerate(chosen):
        watch(one.contender.name, len(fits) + number * (DRAWS - 1), len(fits) + len(chosen) * (DRAWS - 1))
        final.append(race.tried(one.contender, DRAWS))
    return race.ranked(final) + [one for one in ranked if one not in chosen]


@dataclass(frozen=True)
class _Race:
    """Where contenders meet.

    Attributes:
        source: what sets are made from.
        judged: the same, held-out data being validation data.
        size, exam, seed, execution: as `recommend` has them.
        made: sets that were made, by contender and seed, and the seconds that each took.
    """

    source: Task
    judged: Task
    size: Size
    exam: Exam
    seed: int
    execution: Execution
    made: dict[tuple[str, int], tuple[SyntheticSet, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, task: Task, size: Size, exam: Exam, seed: int, execution: Execution) -> _Race:
        source = task.with_validation().to(execution.device)
        assert source.validation is not None
        judged = replace(source, held_out=partial(_same, source.validation))
        return cls(source, judged, size, exam, seed, execution)

    def ranked(self, tried: Sequence[Tried]) -> list[Tried]:
        """The best first."""
        metric = self.source.target.metrics[0]
        return sorted(tried, key=lambda one: metric.gain(one.mean, 0.0), reverse=True)

    def tried(self, contender: Contender, draws: int) -> Tried:
        """What a contender reaches; sets that were made before are not made again, and their scores are found again."""
        pairs = [self._made(contender, self.seed + draw) for draw in range(draws)]
        sets, seconds = [made for made, _ in pairs], float(np.mean([taken for _, taken in pairs]))
        terms = Terms(self.exam, self.judged, (), self.execution, self.seed)
        batches, size = [made.decode().detach() for made in sets], sets[0].nbytes().total
        entries = terms.entries(contender.name, batches, sets[0], size)
        scores = [row.scores for row in evaluate_entries(entries, self.judged, self.execution.executor)]
        return Tried(contender, tuple(np.mean(scores, axis=0).tolist()), size, seconds)

    def _made(self, contender: Contender, seed: int) -> tuple[SyntheticSet, float]:
        key = contender.name, seed
        if key not in self.made:
            began = time.perf_counter()
            made = distilled(self.source, contender.method, self.size, contender.changes, seed, self.execution)
            self.made[key] = made, time.perf_counter() - began
        return self.made[key]


def _same(batch: Batch) -> Batch:
    return batch
