"""Implicit gradients against a dense solution of the same inner problem, differentiated as a whole."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from condenset.core.rng import Rng
from condenset.kernels.calibration import best_scale
from condenset.objectives.implicit_gradient import ImplicitGradient
from condenset.objectives.risk import Risk, Solver
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from tests.conftest import close
from tests.examples import double, normal, set_of, task_of
from tests.networks import drawn

LABELS = torch.tensor([0, 1, 2, 0, 1])
TASK = task_of(normal(5, 1, 6, 6, seed=1).double(), LABELS, 3)
NETWORK = double(drawn("frepo-convnet:width=2,depth=1,activation=softplus", (1, 6, 6), 3, Rng(0)))
MANY = 400  # conjugate-gradient steps that solve these systems to the last digit
EXACT = ImplicitGradient(limit=math.inf)
STEPWISE = replace(EXACT, exact=0, products=MANY)


def condensed() -> SyntheticSet:
    return set_of(normal(4, 1, 6, 6, seed=2).double(), normal(4, 3, seed=3).double())


def rows_of_jacobian(images: Tensor) -> tuple[Tensor, Tensor]:
    """J (n * outputs, parameters) without the head's weights, and F (n, features)."""
    names = [name for name in NETWORK.parameters if name != "classifier.weight"]

    def logits(*values: Tensor) -> Tensor:
        return NETWORK(images, {**NETWORK.parameters, **dict(zip(names, values, strict=True))}).logits.flatten()

    values = tuple(NETWORK.parameters[name] for name in names)
    parts = torch.autograd.functional.jacobian(logits, values, create_graph=True)
    return torch.cat([part.flatten(1) for part in parts], 1), NETWORK(images).embedding


def dense(images: Tensor, labels: Tensor, regulariser: float) -> Tensor:
    """The loss after the inner problem is solved by normal equations, with its whole graph."""
    outputs = labels.shape[1]
    jacobian, features = rows_of_jacobian(images)
    both = torch.cat([jacobian, torch.kron(features, torch.eye(outputs, dtype=features.dtype))], 1)
    ridge = regulariser * len(images) * torch.eye(both.shape[1], dtype=both.dtype)
    solved = torch.linalg.solve(both.T @ both + ridge, both.T @ (labels - 1 / outputs).flatten())
    jacobian, features = rows_of_jacobian(TASK.train.batch.inputs)
    query = torch.cat([jacobian, torch.kron(features, torch.eye(outputs, dtype=features.dtype))], 1)
    predicted = (query.detach() @ solved).view(-1, outputs)
    scale = best_scale(predicted, F.one_hot(LABELS, 3).double(), torch.ones(5))
    return F.cross_entropy(scale * predicted, LABELS)


def test_it_is_a_solver() -> None:
    assert isinstance(ImplicitGradient(), Solver)


def expected(regulariser: float) -> tuple[Tensor, tuple[Tensor, ...]]:
    found = condensed()
    leaves = [found.codec.data.detach().requires_grad_(), found.labels.values.detach().requires_grad_()]
    loss = dense(*leaves, regulariser)
    return loss.detach(), torch.autograd.grad(loss, leaves)


def found(solver: ImplicitGradient) -> tuple[Tensor, tuple[Tensor, ...]]:
    made = condensed()
    loss = Risk(solver, examples=5).begin(TASK).terms(made, Draw(NETWORK), Rng(0))["risk"]
    return loss.detach(), torch.autograd.grad(loss, list(made.parameters()))


@pytest.mark.parametrize("regulariser", [0.01, 1.0])
@pytest.mark.parametrize("solver", [EXACT, STEPWISE])
def test_loss_and_gradient_are_those_of_the_dense_solution(solver: ImplicitGradient, regulariser: float) -> None:
    loss, gradients = found(replace(solver, regulariser=regulariser))
    wanted, theirs = expected(regulariser)
    close(loss, wanted, 1e-6)
    for mine, other in zip(gradients, theirs, strict=True):
        close(mine, other, 1e-5)


def test_few_steps_come_near_the_solution() -> None:
    loss, gradients = found(replace(STEPWISE, regulariser=0.1, products=20))
    wanted, theirs = expected(0.1)
    close(loss, wanted, 0.01)
    for mine, other in zip(gradients, theirs, strict=True):
        assert torch.cosine_similarity(mine.flatten(), other.flatten(), dim=0) > 0.98


def test_the_implicit_part_is_shortened_to_its_limit() -> None:
    """Without it only the direct part is left; with a limit the difference is at most that part's length."""
    (direct, _), (limited, _), (whole, _) = (
        found(ImplicitGradient(0.01, limit=limit))[1] for limit in (0.0, 0.1, math.inf)
    )
    assert (whole - direct).norm() > 0.1 * direct.norm()
    torch.testing.assert_close((limited - direct).norm(), 0.1 * direct.norm())


def test_mirrored_images_join_the_set() -> None:
    made = condensed()
    both = set_of(torch.cat([made.codec.data, made.codec.data.flip(3)]), made.labels().repeat(2, 1))
    solver, real = ImplicitGradient(0.1), TASK.train.all()
    one = replace(solver, mirrored=True).loss(made, real, Draw(NETWORK), TASK, Rng(0))
    two = solver.loss(both, real, Draw(NETWORK), TASK, Rng(0))
    close(one, two.detach(), 1e-9)
    one.backward()
    two.backward()
    halves = both.codec.data.grad.chunk(2)
    close(made.codec.data.grad, halves[0] + halves[1].flip(3), 1e-6)
