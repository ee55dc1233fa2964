"""Rows from sets: a learner trained on every draw, scored on test data, which are opened here and nowhere else."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from condenset.core.batch import Batch
from condenset.core.execution import LOCAL, Executor
from condenset.core.rng import Rng
from condenset.evaluation.interval import shared
from condenset.evaluation.known_scores import Score, find_score, keep_score, score_key
from condenset.evaluation.rows import Row
from condenset.learners.learner import Learner, Model
from condenset.learners.sgd import NetworkTraining
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Entry:
    """A row to be.

    Attributes:
        name, network, bytes: of the row.
        learner: trained on every draw.
        draws: a batch for every repeat.
        rng: of the row; every repeat has its own stream below it.
        identity: of the learner, where its scores are kept for other tables; None: they are not.
        drawn: whether the draws are sets of their own, not one set again and again.
        before: scores of earlier draws, which these follow.
    """

    name: str
    network: str
    learner: Learner
    draws: Sequence[Batch]
    bytes: int
    rng: Rng
    identity: str | None = None
    drawn: bool = False
    before: tuple[Score, ...] = ()


@dataclass(frozen=True)
class Graded:
    """A row, and the scores that it is of, to which further draws add theirs."""

    row: Row
    scores: tuple[Score, ...]


@dataclass(frozen=True)
class _Job:
    """Learners of one entry that are trained together, one on each draw."""

    learner: Learner
    draws: Sequence[Batch]
    rngs: Sequence[Rng]
    identity: str | None


def evaluate_entries(
    entries: Iterable[Entry],
    task: Task,
    executor: Executor = LOCAL,
    watch: Callable[[Row, int], None] = lambda row, done: None,
) -> Iterator[Row]:
    """The row of every entry, as `grade_entries` finds it."""
    return (graded.row for graded in grade_entries(entries, task, executor, watch))


def grade_entries(
    entries: Iterable[Entry],
    task: Task,
    executor: Executor = LOCAL,
    watch: Callable[[Row, int], None] = lambda row, done: None,
) -> Iterator[Graded]:
    """Every entry graded: a learner trained on each draw and scored on the held-out data.

    Args: watch, called after every single score with the row so far and its number of scores in the end.
    """
    begun: deque[Entry] = deque()

    def jobs() -> Iterator[_Job]:
        for entry in entries:
            begun.append(entry)
            yield from _jobs(entry)

    new: list[Score] = []
    for score in chain.from_iterable(executor.map(_scored, task, jobs())):
        entry, new = begun[0], [*new, score]
        scores = (*entry.before, *new)
        row = _row(entry, scores, task)
        watch(row, len(entry.before) + len(entry.draws))
        if len(new) == len(entry.draws):
            yield Graded(row, scores)
            begun.popleft()
            new = []


def _row(entry: Entry, done: Sequence[Score], task: Task) -> Row:
    names = [metric.name for metric in task.target.metrics]
    values = {name: tuple(score.grades[name] for score in done) for name in names}
    seconds = sum(score.seconds for score in done) / len(done)
    return Row(
        entry.name,
        entry.network,
        values.pop(names[0]),
        entry.bytes,
        seconds,
        values,
        sets=len(done) if entry.drawn else 1,
        without={name: _without(name, done) for name in names},
        units=done[0].units,
    )


def _without(metric: str, done: Sequence[Score]) -> tuple[float, ...]:
    """A metric less each part of the test data, see `shared`."""
    return shared([[grades[metric] for grades in score.without] for score in done])


def _jobs(entry: Entry) -> Iterator[_Job]:
    """All draws in one job where networks are stacked, else each in its own."""
    together = isinstance(entry.learner, NetworkTraining) and entry.learner.execution.stacks
    first = len(entry.before)
    rngs = [entry.rng.child(first + repeat) for repeat in range(len(entry.draws))]
    size = len(rngs) if together else 1
    for start in range(0, len(rngs), size):
        part = slice(start, start + size)
        yield _Job(entry.learner, entry.draws[part], rngs[part], entry.identity)


def _scored(task: Task, job: _Job) -> list[Score]:
    """The score of every draw: known ones as they were kept, the others by training."""
    pairs = list(zip(job.draws, job.rngs, strict=True))
    keys = [None if job.identity is None else score_key(job.identity, task, *pair) for pair in pairs]
    scores = [None if key is None else find_score(key, task.target.metrics) for key in keys]
    missing = [index for index, known in enumerate(scores) if known is None]
    trained = _trained(job.learner, task, *zip(*(pairs[index] for index in missing), strict=True)) if missing else []
    for index, score in zip(missing, trained, strict=True):
        scores[index] = score
        if (key := keys[index]) is not None:
            keep_score(key, score)
    return [score for score in scores if score is not None]


def _trained(learner: Learner, task: Task, draws: Sequence[Batch], rngs: Sequence[Rng]) -> list[Score]:
    began = time.perf_counter()
    if isinstance(learner, NetworkTraining):
        models = learner.fit_each(draws, task, rngs)
    else:
        models = [learner.fit(batch, task, rng) for batch, rng in zip(draws, rngs, strict=True)]
    seconds = (time.perf_counter() - began) / len(models)
    return [tested(model, task, rng.child("grade"), seconds) for model, rng in zip(models, rngs, strict=True)]


def tested(model: Model, task: Task, rng: Rng, seconds: float = 0.0) -> Score:
    """What a model (n, ...) -> (n, outputs) scores on the held-out data. Args: seconds, of its training."""
    outcome = task.outcome(model, rng)
    return Score(dict(outcome.grades), tuple(outcome.without_each_part()), outcome.units, seconds)
