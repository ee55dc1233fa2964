"""How thin a class is, by its Gram matrix in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.kernels.densification import thinness
from tests.examples import normal


def test_it_is_the_divergence_of_the_softened_eigenvalues() -> None:
    vectors = normal(5, 7).double()
    unit = vectors.numpy() / np.linalg.norm(vectors.numpy(), axis=1, keepdims=True)
    values = np.linalg.eigvalsh(unit @ unit.T)
    own, soft = (np.exp(v - v.max()) / np.exp(v - v.max()).sum() for v in (values, values / 4))
    assert thinness(vectors).item() == pytest.approx(float((own * np.log(own / soft)).sum()), abs=1e-10)


def test_orthogonal_vectors_are_dense_and_equal_ones_are_thin() -> None:
    assert thinness(3 * torch.eye(4)).item() == pytest.approx(0.0, abs=1e-6)
    assert thinness(torch.ones(1, 4)).item() == pytest.approx(0.0, abs=1e-6)
    assert thinness(torch.ones(4, 4)) > 0.5


def test_descent_spreads_vectors() -> None:
    vectors = (torch.ones(4, 6) + 0.1 * normal(4, 6)).requires_grad_()
    before = thinness(vectors)
    before.backward()
    assert vectors.grad is not None
    with torch.no_grad():
        assert thinness(vectors - vectors.grad / vectors.grad.norm()) < before - 0.01
