"""Spectra against NumPy and GDEM's distances against the released code."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from condenset.core.batch import Batch
from condenset.core.propagation import normalise_adjacency
from condenset.kernels import spectrum
from condenset.kernels.spectrum import (
    class_distance,
    eigenbasis_distance,
    extreme_eigenpairs,
    low_pass,
    orthogonality,
    spectral_features,
)
from condenset.signals.signal import Sums
from tests.conftest import close, golden


def class_means(rows: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Means of rows by class."""
    (means,) = Sums.of([rows], Batch(rows, labels, labels, torch.ones(len(rows), dtype=rows.dtype)), 3).mean()
    return means


def test_distances_and_their_slopes_are_those_of_the_release() -> None:
    given = golden("modalities/graphs_gdem")
    features, vectors = given["in_x_syn"].clone().requires_grad_(), given["in_eigvecs_syn"].clone().requires_grad_()
    values = given["in_eigvals"]
    along = spectral_features(given["in_eigvecs"], given["in_x"])
    basis = eigenbasis_distance(along, spectral_features(vectors, features))
    real = class_means(low_pass(values, given["in_eigvecs"], given["in_x"]), given["in_y"])
    classes = class_distance(real, class_means(low_pass(values, vectors, features), given["in_y_syn"]))
    orthogonal = orthogonality(vectors)
    for found, name in ((basis, "eigen"), (classes, "class"), (orthogonal, "orth")):
        close(found, given[f"out_{name}_loss"], 1e-9)
    total = (given["in_alpha_beta_gamma"] * torch.stack([basis, classes, orthogonal])).sum()
    close(total, given["out_total"], 1e-9)
    slopes = torch.autograd.grad(total, [features, vectors])
    for slope, name in zip(slopes, ("x_syn", "eigvecs_syn"), strict=True):
        close(slope, given[f"out_grad_{name}"], 1e-8)


def test_eigenpairs_are_those_of_the_release_but_for_signs() -> None:
    given = golden("modalities/graphs_gdem")
    how = int(given["in_K"]), float(given["in_ratio"])
    values, vectors = extreme_eigenpairs(normalise_adjacency(given["in_adj"]), *how)
    close(values, given["in_eigvals"], 1e-9)
    close((vectors.T @ given["in_eigvecs"]).abs(), torch.eye(6, dtype=torch.float64), 1e-6)


def test_a_sparse_graph_has_the_eigenvalues_of_the_dense_one(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    upper = np.triu(random.random((60, 60)) < 0.1, 1).astype(float)
    propagation = normalise_adjacency(sp.csr_array(upper + upper.T))
    expected, _ = extreme_eigenpairs(propagation, 8, 0.6)
    monkeypatch.setattr(spectrum, "_DENSE", 0)
    values, vectors = extreme_eigenpairs(propagation, 8, 0.6)
    close(values, expected, 1e-9)
    dense = torch.eye(60, dtype=torch.float64) - propagation.to_dense()
    close(dense @ vectors, vectors * values, 1e-8)


def test_the_distance_is_that_of_the_outer_products() -> None:
    generator = torch.Generator().manual_seed(0)
    one, other = (torch.nn.functional.normalize(torch.randn(4, 7, generator=generator).double()) for _ in range(2))
    outer = one[:, :, None] * one[:, None] - other[:, :, None] * other[:, None]
    close(eigenbasis_distance(one, other), outer.square().mean(), 1e-12)
