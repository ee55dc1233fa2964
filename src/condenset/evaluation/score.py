"""Grading a set: beside baselines at the same bytes, under one exam."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace

from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.evaluation.baselines import expanded
from condenset.evaluation.duplicates import duplicates
from condenset.evaluation.entries import Entry, evaluate_entries
from condenset.evaluation.evaluation import Evaluation
from condenset.evaluation.exam import Exam
from condenset.evaluation.rivals import Rivals
from condenset.evaluation.rows import Row, joined
from condenset.evaluation.rules import Rules
from condenset.evaluation.uninformed import uninformed_row
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

_CONVERSIONS = {
    "own": "",
    "hard": "soft labels were replaced by their largest entry",
    "probabilities": "soft labels were clamped at 0 and normalised",
    "teacher": "labels were replaced by those of a teacher that was trained on all the data",
    "views": "labels were those of views, by a teacher that was trained on all the data",
}


def evaluate_set(
    synthetic: SyntheticSet,
    task: Task,
    exam: Exam,
    *,
    further: Sequence[SyntheticSet] = (),
    networks: Sequence[str] = (),
    baselines: Sequence[str] = (),
    repeats: int | None = None,
    seed: int = 0,
    execution: Execution = HERE,
    within: int | None = None,
    watch: Callable[[Row, int], None] = lambda row, done: None,
) -> Evaluation:
    """Grade a set beside baselines at the same bytes, and beside a guess that reads no input.

    Args:
        further: sets of the same recipe by other seeds, which are one row with it.
        networks: learners in place of the exam's own.
        repeats: learners for every set, the exam's default when None. A baseline is drawn anew for each, one without
            chance from other samples of the data; the full data, which cost the most, are trained on once. When None,
            those that may be the best rival are drawn further, where the exam says so, until the verdict is decided.
        execution: on what device, with how many bits, by which workers.
        within: the bytes that the sets were made within, see `baseline_batch`; None: of so many items.
        watch: called after every single score with the row so far.

    Raises `UnknownNameError` for an exam's network or a baseline.
    """
    count = repeats or exam.repeats
    task = task.to(execution.device)
    sets = [deepcopy(one).to(task.device) for one in (synthetic, *further)]
    execution = replace(execution, times=exam.repeats)  # by the exam alone: scores round alike in any company
    teacher = exam.teacher.taught(task) if exam.teacher else None
    rules = Rules(exam, task, tuple(networks), execution, seed, teacher)

    def entries() -> Iterator[Entry]:
        for number, one in enumerate(sets):
            yield from rules.entries("distilled", [one.decode().detach()] * count, one, one.nbytes().total, number)

    own = _merged(evaluate_entries(entries(), task, execution.executor, watch))
    rivals = Rivals(sets[0], rules, Rng(seed), within, resampled=count > 1, watch=watch)
    rivals.draw(expanded(baselines, task), count)
    if repeats is None:
        rivals.contest(own, exam.rounds[1:], task.target.metrics[0])
    converted = exam.teacher is not None or task.target.is_soft(sets[0].decode().targets)
    conversion = _CONVERSIONS[exam.labels] if converted else ""
    every = (*own, *rivals.rows, uninformed_row(task))
    return Evaluation(exam, task.target.metrics, every, conversion, duplicates=duplicates(task))


def _merged(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows of several sets of one recipe as one row for each learner."""
    tables: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        tables.setdefault((row.name, row.network), []).append(row)
    return tuple(joined(same) for same in tables.values())
