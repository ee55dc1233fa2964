"""Evaluating as a user asks for it: read a saved set, open its data, grade it beside baselines, note it in the card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from condenset.artifact.noting import add_evaluation
from condenset.artifact.reading import Artifact, read
from condenset.artifact.sizes import saved_sizes
from condenset.core.errors import CondensetError, RequestError
from condenset.core.execution import HERE, Execution
from condenset.evaluation.baselines import BASELINES, expanded
from condenset.evaluation.binding import bound_to
from condenset.evaluation.evaluation import Evaluation
from condenset.evaluation.exam import Exam, named_exam
from condenset.evaluation.rows import Row
from condenset.evaluation.score import evaluate_set
from condenset.run.own_data import open_artifact_task, require_same_inputs
from condenset.tasks.task import Task

PAPER = "paper"  # as an exam: that of the paper whose method made the set


def evaluate(path: str | Path, *further: str | Path, **asked: Any) -> Evaluation:
    """Grade a saved set and append the result to its card. Arguments as of `graded`; raises as that and `note`."""
    evaluation = graded(path, *further, **asked)
    note(evaluation, (path, *further))
    return evaluation


def graded(
    path: str | Path,
    *further: str | Path,
    exam: str | Exam | None = None,
    task: Task | None = None,
    networks: Sequence[str] = (),
    baselines: Sequence[str] = BASELINES,
    repeats: int | None = None,
    seed: int = 0,
    execution: Execution = HERE,
    watch: Callable[[Row, int], None] = lambda row, done: None,
) -> Evaluation:
    """Grade a saved set; nothing is written.

    Args:
        further: sets of the same recipe by other seeds: one row with it.
        exam: a preset's name or a record; "paper" for the one of the paper whose method made the set; that of the data
            when None.
        task: the data it was made from, opened from the card when None.
        networks, repeats: in place of the exam's own.
        execution: device and precision.

    Raises `ArtifactError` for a set that cannot be read, `RequestError` where the data are not those it was made of,
    and where sets are not of one recipe.
    """
    if repeats is not None and repeats < 1:
        raise RequestError(f"repeats is {repeats}: a score needs at least 1")
    artifact, *others = (read(one) for one in (path, *further))
    _require_same_recipe([artifact, *others])
    task = task or open_artifact_task(artifact)
    for one in (artifact, *others):
        require_same_inputs(one, task)
    baselines = expanded(baselines, task)
    chosen = exam if isinstance(exam, Exam) else exam_for(exam, artifact, task)
    evaluation = evaluate_set(
        artifact.synthetic,
        task,
        chosen,
        further=[one.synthetic for one in others],
        networks=networks,
        baselines=baselines,
        repeats=repeats,
        seed=seed,
        execution=execution,
        within=artifact.card.within,
        watch=watch,
    )
    sets = tuple(one.card.sha256 for one in (artifact, *others))
    sizes = saved_sizes(artifact.path, artifact.card)
    return replace(evaluation, sizes=sizes, bound_to=bound_to(sets, task))


def note(evaluation: Evaluation, folders: Sequence[str | Path]) -> None:
    """Append an evaluation to the cards of the sets that it is of.

    Raises `CondensetError` naming those that could not be written; the others are.
    """
    faults = []
    for folder in folders:
        try:
            add_evaluation(folder, evaluation.record())
        except CondensetError as error:
            faults.append(f"{folder}: {error}")
    if faults:
        raise CondensetError(
            f"the set was graded and its card does not say so: {'; '.join(faults)}. The scores are only where they "
            "were just shown or returned: keep them, or evaluate a copy of the set that can be written"
        )


def exam_for(name: str | None, artifact: Artifact, task: Task) -> Exam:
    """The exam of a name, "paper" or None as `evaluate` has it. Raises `UnknownNameError`."""
    if name is None:
        return named_exam(task.modality.exam)
    return named_exam(artifact.synthetic.contract.exam if name == PAPER else name)


def _require_same_recipe(artifacts: Sequence[Artifact]) -> None:
    """Raises `RequestError` where sets differ in more than their seeds."""
    first, *others = (_made_by(artifact) for artifact in artifacts)
    for other in others:
        apart = sorted(name for name in first.keys() | other.keys() if first.get(name) != other.get(name))
        if apart:
            raise RequestError(
                f"the sets differ in {', '.join(apart)}: sets of one recipe by several seeds are one row of a table; "
                "evaluate others one by one, or use compare"
            )


def _made_by(artifact: Artifact) -> dict[str, Any]:
    recipe = {name: value for name, value in dict(artifact.card.recipe).items() if name != "seed"}
    return recipe | {"data": artifact.card.task.fingerprint.sha256}
