"""Derivatives of a loss whose derivatives are known by hand, and the gradient as a differentiable operation."""

from __future__ import annotations

import pytest
from torch import Tensor

from condenset.kernels.derivatives import Derivatives
from tests.conftest import close
from tests.examples import normal

POINT, SCALE, SHIFT, PULL = (normal(5, seed=seed).double() for seed in range(4))


def loss(point: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    return (scale * point**3 / 3 + shift * point).sum()


def test_first_and_second_derivatives_are_those_by_hand() -> None:
    known = Derivatives(loss)
    close(known.gradient(POINT, SCALE, SHIFT), SCALE * POINT**2 + SHIFT, 1e-12)
    by_point, by_scale = known.second((0, 1))(PULL, POINT, SCALE, SHIFT)
    close(by_point, 2 * SCALE * POINT * PULL, 1e-12)
    close(by_scale, POINT**2 * PULL, 1e-12)
    (by_shift,) = known.second((2,))(PULL, POINT, SCALE, SHIFT)
    close(by_shift, PULL, 1e-12)


@pytest.mark.parametrize("wanted", [(0,), (1, 2), (0, 1, 2)])
def test_the_gradient_is_differentiated_in_what_requires_it_and_in_nothing_else(wanted: tuple[int, ...]) -> None:
    prepared: list[object] = []
    known = Derivatives(loss, lambda function: prepared.append(function) or function)
    leaves = [t.clone().requires_grad_(place in wanted) for place, t in enumerate((POINT, SCALE, SHIFT))]
    known.differentiable(*leaves).dot(PULL).backward()
    expected = [2 * SCALE * POINT * PULL, POINT**2 * PULL, PULL]
    for place, leaf in enumerate(leaves):
        if place in wanted:
            close(leaf.grad, expected[place], 1e-12)
        else:
            assert leaf.grad is None
    assert len(prepared) == 2, "the gradient, and its derivatives in what is wanted"
