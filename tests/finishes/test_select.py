"""The choice among the sets of a run: the least loss, whatever interrupts the run, and the run's steps are the same."""

from __future__ import annotations

from collections import deque
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.distillation import distillation, finished, start_state
from condenset.finishes.select import Select
from condenset.kernels.sntk import SNTK
from condenset.recipe import recipe_for
from condenset.state import State
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task
from tests.conformance.examples import equal
from tests.tasks.graph.example import communities

COUNTS = torch.ones(4, dtype=torch.int64)
QUICK: dict[str, Any] = {"steps": 7, "source.inner": 1, "optimisers.data.rate": 0.5}

SECOND = Select(every=2, regulariser=1e-3)  # the set of every second step


def begun(task: Task, judge: Select = SECOND) -> State:
    recipe = recipe_for("gcond-x", task, COUNTS, QUICK)
    return start_state(task, replace(recipe, finish=(judge,)), COUNTS, seed=0)


def error(task: Task, synthetic: SyntheticSet) -> float:
    """Of ridge regression by NumPy, the kernel's matrix given."""
    batch, validation = synthetic.decode().detach(), task.validation
    assert validation is not None
    support = batch.inputs.double()
    known = validation.examples()
    k_ss = SNTK()(support, support).numpy()
    k_ts = SNTK()(validation.inputs.double(), support)[known].numpy()
    ridge = 1e-3 * np.trace(k_ss) / len(k_ss) * np.eye(len(k_ss))
    centred = np.eye(4)[batch.targets.numpy()] - 0.25
    missed = k_ts @ np.linalg.solve(k_ss + ridge, centred) - (np.eye(4)[validation.targets[known].numpy()] - 0.25)
    return float(0.5 * (missed**2).sum(1).mean())


@dataclass(frozen=True)
class Told(Select):
    """Losses as they are told, in this order."""

    losses: tuple[float, ...] = ()
    judged: list[int] = field(default_factory=list)

    def loss(self, task: Task, synthetic: SyntheticSet, rng: Rng) -> float:
        self.judged.append(len(self.judged))
        return self.losses[len(self.judged) - 1]


def test_the_set_of_least_loss_among_those_judged_is_stored() -> None:
    """After steps 2, 4, 6 and the last one, 7."""
    judge = Told(every=2, losses=(3.0, 1.0, 2.0, 5.0))
    state = begun(communities(), judge)
    passed = {step.step: deepcopy(step.synthetic) for step in distillation(state, seed=0)}
    assert len(judge.judged) == 4
    assert equal(finished(state, seed=0), passed[4]) and equal(state.synthetic, passed[7])


def test_the_loss_is_that_of_ridge_regression_on_validation_nodes() -> None:
    task = communities()
    synthetic = begun(task).synthetic
    assert Select(regulariser=1e-3).loss(task, synthetic, Rng(0)) == pytest.approx(error(task, synthetic), rel=1e-5)


def test_a_resumed_run_chooses_the_same() -> None:
    task = communities()
    whole, stopped = begun(task), begun(task)
    deque(distillation(whole, seed=0), maxlen=0)
    steps = distillation(stopped, seed=0)
    for _ in range(5):
        next(steps)
    resumed = begun(task)
    resumed.restore(stopped.tensors())
    deque(distillation(resumed, seed=0), maxlen=0)
    assert equal(finished(resumed, seed=0), finished(whole, seed=0))
    assert equal(resumed.synthetic, whole.synthetic)


def test_what_cannot_be_judged_is_refused() -> None:
    with pytest.raises(RequestError, match="has no validation data"):
        next(distillation(begun(replace(communities(), validation=None), Select(every=1)), seed=0))
    with pytest.raises(RequestError, match="every is 0: expected 1"):
        Select(every=0)
