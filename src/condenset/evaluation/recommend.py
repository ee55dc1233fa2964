"""Which recipe suits the data: those that take moments, made from a part of the training data, judged on the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from condenset.core.batch import Batch
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.core.execution import HERE, Execution
from condenset.core.metric import Metric, metric_text, score_text
from condenset.core.registries import METHODS
from condenset.distillation import distilled
from condenset.evaluation.entries import evaluate_entries
from condenset.evaluation.exam import Exam, named_exam
from condenset.evaluation.interval import interval, of_draws
from condenset.evaluation.rules import Rules
from condenset.evaluation.track_record import TrackRecord, track_record
from condenset.recipe import budgeted
from condenset.synthetic import SyntheticSet
from condenset.tasks.contender import Contender
from condenset.tasks.task import Task

FINALISTS = 3
HEATS = 2  # sets of each finalist at least, one on every split; of what is out before, half as many
SPLITS = 3  # into training and validation data, at most
_TELLING = 3  # recorded data sets at least, before it is said on how many a recipe was ahead
JUDGES = 600  # validation examples of all splits together, from which on there are no more of them


# Those of every kind of data; what suits a kind alone is said by the kind, and tried after them.
FROZEN = (Contender("linear-gradient-matching"),)
SIMPLE = tuple(Contender(method, simple=True) for method in ("k-means", "herding", "k-center", "random"))
LEARNT = (Contender("coreset-search"), Contender("coreset-search", {"start.candidates.coreset": "k-means"}))


def contenders_of(task: Task) -> tuple[Contender, ...]:
    """What may suit the data: the general ones, then those of their kind; not all of them fit a budget."""
    return (*FROZEN, *SIMPLE, *LEARNT, *task.modality.contenders)


def fits(contender: Contender, task: Task, size: Size) -> bool:
    """Whether the task offers what a contender needs, and the budget is one that it is for."""
    needs = {*METHODS.declared(contender.method)["needs"], *contender.needs}
    meant = size.bytes is not None or not contender.packs
    return meant and needs <= task.offers and task.offers.isdisjoint(contender.unless)


@dataclass(frozen=True)
class Tried:
    """What a contender reached on validation data.

    Attributes:
        scores: of the first metric, for each set the mean over the exam's learners.
        bytes: of a set.
        seconds: that making one took.
        recorded: how the recipe fared on recorded data, others than these; None: it was on none.
    """

    contender: Contender
    scores: tuple[float, ...]
    bytes: int
    seconds: float
    recorded: TrackRecord | None = None

    @property
    def mean(self) -> float:
        """Over sets."""
        return float(np.mean(self.scores))

    @property
    def ci95(self) -> tuple[float, float] | None:
        """Of the mean, over sets; one tells nothing of them."""
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
            "recorded": self.recorded and self.recorded.record(),
        }


def told(tried: Sequence[Tried], metric: Metric) -> str:
    """Which came first and what is to be expected of it, beside the best of the others' kind. Args: metric, of them."""
    best, *others = tried
    simple = best.contender.simple
    other = next((one for one in others if one.contender.simple != simple), None)
    beside = "" if other is None else f", {other.contender.name} {score_text(other.mean, metric)}"
    opinion = f"nothing that is learnt was ahead: {best.contender.name}" if simple else best.contender.name
    reached = f"{metric_text(metric)} {score_text(best.mean, metric)}"
    elsewhere = (
        ""
        if best.recorded is None or best.recorded.of < _TELLING
        else f"; on recorded data ahead of its best rival on {best.recorded}"
    )
    return f"{opinion}, chosen on validation data ({reached}{beside}){elsewhere}"


def recommend(
    task: Task,
    size: Size,
    *,
    contenders: Sequence[Contender] | None = None,
    exam: Exam | None = None,
    seed: int = 0,
    execution: Execution = HERE,
    watch: Callable[[int, int, str], None] = lambda done, total, name: None,
) -> list[Tried]:
    """The contenders that can be made for the budget, the best first; of equal ones that which was named first.

    The test data are not touched: sets are made from four fifths of the training data, or from all of them where the
    data have validation data of their own, and graded on the rest; where that is little, several times. The best
    contenders, the best that nothing is learnt for and the one that fared best on recorded data make twice as many sets
    as the others.

    Args: contenders and exam, those of the data when None; watch, called with the number of sets before and of all,
    and what is tried.
    Raises `RequestError` where none can be made.
    """
    contenders = contenders_of(task) if contenders is None else contenders
    fitting = [one for one in contenders if fits(one, task, size)]
    for simplest in ([one for one in fitting if one.simple] or fitting)[:1]:
        budgeted(simplest.method, task, size, simplest.changes)  # what all the data cannot give need not be tried
    race = _Race.of(task, size, exam or named_exam(task.modality.exam), seed, execution)
    total, first, refused = len(fitting) + FINALISTS, [], "none fits the data"
    for number, contender in enumerate(fitting):
        watch(number, total, contender.name)
        try:
            first.append(race.tried(contender, len(race.heats) // 2))
        except RequestError as error:  # a group that is too small, say: it cannot be recommended
            refused = str(error)
    if not first:
        raise RequestError(
            f"no recipe can be tried on a part of {task.name} ({refused}): give another budget, or name the method"
        )
    ranked, final = race.ranked(first), []
    chosen = _finalists(ranked)
    for number, one in enumerate(chosen):
        watch(len(fitting) + number, len(fitting) + len(chosen), one.contender.name)
        final.append(race.tried(one.contender, len(race.heats)))
    return race.ranked(final) + [one for one in ranked if one not in chosen]


@dataclass(frozen=True)
class _Race:
    """Where contenders meet.

    Attributes:
        splits: what sets are made from, and the same with validation data in place of the held-out ones.
        size, exam, seed, execution: as `recommend` has them.
        made: sets that were made, by contender, split and seed, and the seconds that each took.
    """

    splits: Sequence[tuple[Task, Task]]
    size: Size
    exam: Exam
    seed: int
    execution: Execution
    made: dict[tuple[str, int, int], tuple[SyntheticSet, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, task: Task, size: Size, exam: Exam, seed: int, execution: Execution) -> _Race:
        return cls(_splits(task.to(execution.device)), size, exam, seed, execution)

    def ranked(self, tried: Sequence[Tried]) -> list[Tried]:
        """The best first."""
        metric = self.splits[0][0].target.metrics[0]
        return sorted(tried, key=lambda one: metric.gain(one.mean, 0.0), reverse=True)

    @property
    def heats(self) -> Sequence[tuple[int, int]]:
        """Split and seed of every set that a finalist makes."""
        splits = len(self.splits)
        return [(number % splits, self.seed + number // splits) for number in range(max(HEATS, splits))]

    def tried(self, contender: Contender, heats: int) -> Tried:
        """What a contender reaches in the first heats; what was made and graded before is found again."""
        sets = [(split, *self._made(contender, split, seed)) for split, seed in self.heats[:heats]]
        scores = [self._score(contender, split, made) for split, made, _ in sets]
        seconds = float(np.mean([taken for *_, taken in sets]))
        fared = track_record(contender.method, contender.changes, self.exam, but=self.splits[0][0].name)
        return Tried(contender, tuple(scores), sets[0][1].nbytes().total, seconds, fared)

    def _score(self, contender: Contender, split: int, made: SyntheticSet) -> float:
        """The mean over learners."""
        judged = self.splits[split][1]
        rules = Rules(self.exam, judged, (), self.execution, self.seed)
        entries = rules.entries(contender.name, [made.decode().detach()], made, made.nbytes().total)
        return float(np.mean([row.mean for row in evaluate_entries(entries, judged, self.execution.executor)]))

    def _made(self, contender: Contender, split: int, seed: int) -> tuple[SyntheticSet, float]:
        key = contender.name, split, seed
        if key not in self.made:
            began, source = time.perf_counter(), self.splits[split][0]
            made = distilled(source, contender.method, self.size, contender.changes, seed, self.execution)
            self.made[key] = made, time.perf_counter() - began
        return self.made[key]


def _finalists(ranked: Sequence[Tried]) -> list[Tried]:
    """The first ones, the first of the simple ones, and the one that was ahead on most of the recorded data."""
    chosen = list(ranked[:FINALISTS])
    if not any(one.contender.simple for one in chosen):
        chosen += [one for one in ranked if one.contender.simple][:1]
    ahead = [(one.recorded.share, one.recorded.ahead) if one.recorded else (0.0, 0) for one in ranked]
    favoured = ranked[ahead.index(max(ahead))]
    if max(ahead) > (0.0, 0) and favoured not in chosen:
        chosen.append(favoured)
    return chosen


def _splits(task: Task) -> Sequence[tuple[Task, Task]]:
    """More than one where a fifth of the training data is little to judge by."""
    splits: list[tuple[Task, Task]] = []
    judges = 0
    while not splits or (judges < JUDGES and len(splits) < SPLITS and task.validation is None):
        source = task.with_validation(len(splits))
        assert source.validation is not None
        splits.append((source, replace(source, held_out=partial(_same, source.validation))))
        judges += len(source.validation)
    return splits


def _same(batch: Batch) -> Batch:
    return batch
