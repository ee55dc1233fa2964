"""Evaluating from Python: a set in memory or in a folder, on the data that it was made of, wherever these are."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from condenset.artifact.reading import read
from condenset.core.errors import CondensetError, RequestError
from condenset.core.execution import HERE, Execution
from condenset.evaluation.baselines import BASELINES
from condenset.evaluation.evaluation import Evaluation
from condenset.evaluation.exam import Exam
from condenset.evaluation.rows import Row
from condenset.run import evaluate as saved
from condenset.run.given import folder_of
from condenset.run.own_data import own_task
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


def evaluate(
    graded: SyntheticSet | str | Path,
    *further: SyntheticSet | str | Path,
    data: Any = None,
    task: Task | None = None,
    exam: str | Exam | None = None,
    networks: Sequence[str] = (),
    baselines: Sequence[str] = BASELINES,
    repeats: int | None = None,
    seed: int = 0,
    execution: Execution = HERE,
    watch: Callable[[Row, int], None] = lambda row, done: None,
    **options: Any,
) -> Evaluation:
    """Grade a set beside baselines on held-out data; the result of one in a folder is appended to its card.

    A card that cannot be written is a warning.

    Args:
        graded: a set that `distill` or `load` returned, or the folder of a saved one.
        further: sets of the same recipe by other seeds: one row with it.
        data: what the set was made of, where that can be opened no more as its card says: an object that `open_task`
            takes, or where the files lie now.
        task: the same, open already.
        exam: a preset's name or a record; "paper" for the one of the paper whose method made the set; that of the data
            when None.
        networks, repeats: in place of the exam's own.
        execution: device and precision.
        options: how an object is opened; as it was for `distill` when left out.

    Raises `ArtifactError` for a set that cannot be read, `RequestError` where the data are not those it was made of, or
    where the set does not know them and none are given.
    """
    if task is not None and (data is not None or options):
        raise RequestError("the task says what the set was made of: leave out data and how they are opened")
    with TemporaryDirectory() as temporary:
        folders = [folder_of(one, Path(temporary) / str(number)) for number, one in enumerate((graded, *further))]
        evaluation = saved.graded(
            *folders,
            exam=exam,
            task=task or own_task(graded, read(folders[0]), data, options),
            networks=networks,
            baselines=baselines,
            repeats=repeats,
            seed=seed,
            execution=execution,
            watch=watch,
        )
        try:
            saved.note(evaluation, folders)
        except CondensetError as error:  # the scores took long, and are whole
            warnings.warn(str(error), stacklevel=2)
        return evaluation
