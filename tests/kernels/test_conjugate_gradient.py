"""Conjugate gradients against a direct solution."""

from __future__ import annotations

import torch

from condenset.kernels.conjugate_gradient import conjugate_gradient
from tests.conftest import close
from tests.examples import normal


def test_as_many_steps_as_unknowns_solve_exactly() -> None:
    root = normal(6, 6).double()
    matrix, target = root @ root.T + torch.eye(6), normal(6, seed=1).double()
    close(conjugate_gradient(lambda x: matrix @ x, target, 6), torch.linalg.solve(matrix, target), 1e-8)


def test_every_step_lowers_the_energy() -> None:
    root = normal(20, 20).double()
    matrix, target = root @ root.T + 0.1 * torch.eye(20), normal(20, seed=1).double()
    energies = []
    for steps in range(8):
        x = conjugate_gradient(lambda x: matrix @ x, target, steps)
        energies.append(float(0.5 * x @ matrix @ x - target @ x))
    assert energies == sorted(energies, reverse=True)
    assert energies[0] == 0


def test_a_solved_system_and_a_target_of_nought_stop_early() -> None:
    calls = []

    def product(x: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        return 2 * x

    assert conjugate_gradient(product, torch.ones(3), 50).tolist() == [0.5, 0.5, 0.5]
    assert conjugate_gradient(product, torch.zeros(3), 50).tolist() == [0, 0, 0]
    assert len(calls) <= 2
