"""Evaluating as a user asks for it: read a saved set, open its data, grade it beside baselines, note it in the card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from condenset.artifact.card import add_evaluation
from condenset.artifact.reading import Artifact, read
from condenset.core.errors import RequestError
from condenset.core.execution import HERE, Execution
from condenset.evaluation.baselines import BASELINES, expanded
from condenset.evaluation.exam import Exam, named_exam
from condenset.evaluation.rows import Evaluation, Row
from condenset.evaluation.score import evaluate_set
from condenset.tasks.catalogue import open_task
from condenset.tasks.task import Task


def evaluate(
    path: str | Path,
    *,
    exam: str | Exam | None = None,
    task: Task | None = None,
    networks: Sequence[str] = (),
    baselines: Sequence[str] = BASELINES,
    repeats: int | None = None,
    seed: int = 0,
    execution: Execution = HERE,
    watch: Callable[[Row, int], None] = lambda row, done: None,
) -> Evaluation:
    """Grade a saved set and append the result to its card.

    Args: exam, a preset's name or a record, the one of the set's paper when None; task, the data it was made from,
    opened from the card when None; networks, repeats: in place of the exam's own; execution: device and precision.

    Raises `ArtifactError` for a set that cannot be read, `RequestError` where the data are not those it was made of.
    """
    if repeats is not None and repeats < 1:
        raise RequestError(f"repeats is {repeats}: a score needs at least 1")
    artifact = read(path)
    task = task or open_artifact_task(artifact)
    _require_same_inputs(artifact, task)
    baselines = expanded(baselines, task)
    chosen = exam if isinstance(exam, Exam) else named_exam(exam or artifact.synthetic.contract.exam)
    evaluation = evaluate_set(
        artifact.synthetic,
        task,
        chosen,
        networks=networks,
        baselines=baselines,
        repeats=repeats,
        seed=seed,
        execution=execution,
        watch=watch,
    )
    add_evaluation(path, evaluation.record())
    return evaluation


def open_artifact_task(artifact: Artifact, data: str | None = None) -> Task:
    """The task that a saved set was made from.

    Args: data, where the data lie now, in place of what the card says.
    Raises `RequestError` when the data cannot be opened, or are not those that the set was made from.
    """
    source: dict[str, Any] = dict(artifact.card.task.source)
    if not source:
        raise RequestError("the set was made from arrays in memory: pass the same task to evaluate it")
    place = source.pop("source")
    task = open_task(data or place, **source)
    then, now = (str(fingerprint.get("sha256")) for fingerprint in (artifact.card.task.fingerprint, task.fingerprint))
    if then != now:
        raise RequestError(
            f"the data {data or place!r} are not those the set was made from (SHA-256 {now:.12} now, {then:.12} then): "
            "the score would mean nothing; give the same data, or distil again"
        )
    return task


def _require_same_inputs(artifact: Artifact, task: Task) -> None:
    """Raises `RequestError` where the task's inputs are not those that the set consists of."""
    then, now = artifact.card.task.preprocessing, task.preprocessing
    changed = sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
    if changed:
        told = "; ".join(f"{name} was {then.get(name)} and is {now.get(name)}" for name in changed)
        advice = "open the data with zca" if "zca" in then and "zca" not in now else "open the data as they were then"
        raise RequestError(f"the set lives among other inputs than the data are opened as ({told}): {advice}")
