"""Evaluating from Python: a set in memory or in a folder, on the data that it was made of, wherever these are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from condenset.artifact.reading import Artifact, read
from condenset.core.errors import RequestError
from condenset.core.execution import HERE, Execution
from condenset.evaluation.baselines import BASELINES
from condenset.evaluation.exam import Exam
from condenset.evaluation.rows import Evaluation, Row
from condenset.run import evaluate as saved
from condenset.synthetic import SyntheticSet
from condenset.tasks.catalogue import open_task
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
    if data is not None and task is not None:
        raise RequestError("data and task both say what the set was made of: give one of them")
    if options and data is None:
        raise RequestError(f"{', '.join(options)} says how data are opened, and none are given: leave it out")
    with TemporaryDirectory() as temporary:
        folders = [_folder(one, Path(temporary) / str(number)) for number, one in enumerate((graded, *further))]
        if data is not None:
            task = task_of(read(folders[0]), data, options)
        return saved.evaluate(
            *folders,
            exam=exam,
            task=task or _known_task(graded),
            networks=networks,
            baselines=baselines,
            repeats=repeats,
            seed=seed,
            execution=execution,
            watch=watch,
        )


def _folder(graded: SyntheticSet | str | Path, new: Path) -> Path:
    """Where a set is saved; one in memory is graded as it would be saved."""
    return graded.save(new) if isinstance(graded, SyntheticSet) else Path(graded)


def _known_task(graded: SyntheticSet | str | Path) -> Task | None:
    known = graded.provenance if isinstance(graded, SyntheticSet) else None
    return None if known is None else known.task


def task_of(artifact: Artifact, data: Any, options: dict[str, Any]) -> Task:
    """The task that a saved set was made from, in data that its user has at hand.

    Args: data, an object, a name or a path; options, how it is opened, those of the run that made the set when empty.
    Raises `RequestError` where the set was made of other data.
    """
    if artifact.card.task.source and isinstance(data, str | Path):
        return saved.open_artifact_task(artifact, str(data))
    task = data if isinstance(data, Task) else open_task(data, **(options or artifact.card.recipe.get("options", {})))
    saved.require_same_data(artifact, task, "these data", "give the same data, opened the same way")
    return task
