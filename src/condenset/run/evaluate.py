"""Evaluating a set, in memory or in a folder: grade it on the data that it was made of, note the result in its card."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from condenset.artifact.reading import Artifact, folder_of, read
from condenset.artifact.saving import add_evaluation
from condenset.artifact.sizes import saved_sizes
from condenset.core.errors import CondensetError, RequestError
from condenset.core.execution import HERE, Execution
from condenset.evaluation.baselines import BASELINES, expanded
from condenset.evaluation.binding import bound_to
from condenset.evaluation.evaluation import Evaluation
from condenset.evaluation.exam import Exam, named_exam
from condenset.evaluation.rows import Row
from condenset.evaluation.score import evaluate_set
from condenset.run.own_data import own_task, require_same_inputs
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

PAPER = "paper"  # as an exam: that of the paper whose method made the set
_CHOSEN = ("method", "changes", "steps")  # of a set for which nobody named a method
Watch = Callable[[Row, int], None]


@dataclass(frozen=True)
class Examination:
    """How sets are graded.

    Attributes:
        exam: the same for all.
        networks: in place of the exam's own.
        baselines: to stand beside.
        repeats: learners per row; None: as the exam says.
        seed: of the grading.
        execution: on what device, with how many bits.
    """

    exam: Exam
    networks: tuple[str, ...]
    baselines: tuple[str, ...]
    repeats: int | None
    seed: int
    execution: Execution = HERE

    def __post_init__(self) -> None:
        """Raises `RequestError` for less than one learner per row."""
        if self.repeats is not None and self.repeats < 1:
            raise RequestError(f"repeats is {self.repeats}: a score needs at least 1")

    @property
    def per_row(self) -> int:
        """Learners per row, as asked for or else as the exam says; the full data are trained on once."""
        return self.repeats or self.exam.repeats


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
    watch: Watch = lambda row, done: None,
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
        sets = [read(folder) for folder in folders]
        task = task or own_task(graded, sets[0], data, options)
        chosen = exam if isinstance(exam, Exam) else exam_for(exam, sets[0], task)
        grading = Examination(chosen, tuple(networks), expanded(baselines, task), repeats, seed, execution)
        evaluation = evaluation_of(sets, task, grading, watch)
        try:
            note(evaluation, folders)
        except CondensetError as error:  # the scores took long, and are whole
            warnings.warn(str(error), stacklevel=2)
        return evaluation


def evaluation_of(sets: Sequence[Artifact], task: Task, grading: Examination, watch: Watch) -> Evaluation:
    """Grade saved sets of one recipe by several seeds, which are one row; nothing is written.

    Raises `RequestError` where the data are not those that a set was made of, and where sets are not of one recipe.
    """
    _require_same_recipe(sets)
    for one in sets:
        require_same_inputs(one, task)
    first, *others = sets
    evaluation = evaluate_set(
        first.synthetic,
        task,
        grading.exam,
        further=[one.synthetic for one in others],
        networks=grading.networks,
        baselines=grading.baselines,
        repeats=grading.repeats,
        seed=grading.seed,
        execution=grading.execution,
        within=first.card.within,
        watch=watch,
    )
    digests = tuple(one.card.sha256 for one in sets)
    return replace(evaluation, sizes=saved_sizes(first.path, first.card), bound_to=bound_to(digests, task))


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
    """What has to be the same in sets of one row; of recommended ones what was asked, not what each seed chose."""
    recipe = dict(artifact.card.recipe)
    own = {"seed", *(_CHOSEN if recipe.get("recommended") else ())}
    recipe = {name: value for name, value in recipe.items() if name not in own}
    return recipe | {"data": artifact.card.task.fingerprint.sha256}
