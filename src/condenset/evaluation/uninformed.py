"""What a model scores that has read no input: the largest class, the mean, the most popular items."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core import structure
from condenset.core.batch import Inputs
from condenset.core.rng import Rng
from condenset.evaluation.entries import tested
from condenset.evaluation.rows import Row
from condenset.learners.learner import Model
from condenset.tasks.task import Task

GUESS = "any"  # in place of a learner
_PASS = 4096  # examples read at a time


def uninformed_model(task: Task) -> Model:
    """Predicts for every input (n, ...) the mean row (outputs,) of the training targets, (n, outputs)."""
    row = _mean_target(task)

    def predict(inputs: Inputs) -> Float[Tensor, "n outputs"]:
        return row.expand(structure.length(inputs), -1)

    return predict


def uninformed_row(task: Task) -> Row:
    """Its row, of no bytes and no learner."""
    score = tested(uninformed_model(task), task, Rng(0))
    names = [metric.name for metric in task.target.metrics]
    first, *others = ((score.grades[name],) for name in names)
    without = {name: tuple(part[name] for part in score.without) for name in names}
    further = dict(zip(names[1:], others, strict=True))
    return Row(task.target.uninformed, GUESS, first, 0, 0.0, further, without=without, units=score.units)


def _mean_target(task: Task) -> Float[Tensor, " outputs"]:
    total, weight = torch.zeros(task.target.outputs, device=task.device), torch.zeros((), device=task.device)
    for batch in task.train.epoch(_PASS, Rng(0)):
        total += (task.target.matrix(batch.targets) * batch.weight[:, None]).sum(0)
        weight += batch.weight.sum()
    return total / weight
