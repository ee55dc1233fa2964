"""Solved labels against SciPy's least squares, their optimality, and what stays as it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.linalg
import torch

from condenset.core.rng import Rng
from condenset.finishes.finish import Finish
from condenset.finishes.solve_labels import SolveLabels
from condenset.kernels.kernel import named_kernel
from condenset.kernels.ridge import ridge_predict
from condenset.labels.soft import Soft
from condenset.tasks.in_memory import InMemoryView
from tests.conftest import close
from tests.examples import batch_of, blobs, line, normal, set_of, task_of

LABELS = torch.tensor([0, 1, 2, 0, 1, 2, 2, 0])
TASK = task_of(normal(8, 4, seed=1), LABELS, 3, "tabular")


def test_they_are_scipys_least_squares_solution() -> None:
    assert isinstance(SolveLabels(), Finish)
    support = normal(3, 4, seed=2)
    found = SolveLabels("ntk", 0.03)(TASK, set_of(support, torch.eye(3)), Rng(0)).labels()
    kernel, inputs = named_kernel("ntk"), TASK.train.batch.inputs.double()
    k_ss, k_ts = kernel(support.double(), support.double()).numpy(), kernel(inputs, support.double()).numpy()
    predictor = k_ts @ np.linalg.inv(k_ss + 0.03 * np.trace(k_ss) / 3 * np.eye(3))
    expected, *_ = scipy.linalg.lstsq(predictor, np.eye(3)[LABELS.numpy()] - 1 / 3)
    close(found, torch.from_numpy(expected + 1 / 3), 1e-5)


def test_a_training_example_of_weight_nought_does_not_count() -> None:
    weight = torch.ones(8)
    weight[5:] = 0
    weighted = replace(TASK, train=InMemoryView(batch_of(TASK.train.batch.inputs, LABELS, weight), 3))
    shorter = task_of(TASK.train.batch.inputs[:5], LABELS[:5], 3, "tabular")
    condensed = set_of(normal(3, 4, seed=2), torch.eye(3))
    close(SolveLabels()(weighted, condensed, Rng(0)).labels(), SolveLabels()(shorter, condensed, Rng(0)).labels(), 1e-5)


@pytest.mark.parametrize("task", [blobs(), line()], ids=["classes", "number"])
def test_no_small_change_of_the_labels_predicts_the_training_data_better(task) -> None:
    some = task.train.sample(2, Rng(0))
    condensed = set_of(some.inputs, task.target.matrix(some.targets))
    solved = SolveLabels(regulariser=1e-3)(task, condensed, Rng(0)).labels().detach().double()
    kernel, train, support = named_kernel("ntk"), task.train.all(), some.inputs.double()
    k_ts, k_ss = kernel(train.inputs.double(), support), kernel(support, support)

    def error(labels: torch.Tensor) -> float:
        predicted = ridge_predict(k_ts, k_ss, task.target.centred(labels), 1e-3)
        return float((predicted - task.target.centred(train.targets)).square().sum())

    assert all(error(solved) < error(solved + 0.01 * normal(*solved.shape, seed=n)) for n in range(5))
    assert error(solved) < error(task.target.matrix(some.targets).double())


def test_everything_but_the_labels_stays() -> None:
    before = set_of(normal(3, 4), torch.arange(3), torch.tensor([0.1]))
    after = SolveLabels()(TASK, before, Rng(0))
    assert isinstance(after.labels, Soft)
    assert after.codec is before.codec
    assert torch.equal(after.groups, before.groups)
    assert after.contract == before.contract
    torch.testing.assert_close(after.rates(), before.rates())
