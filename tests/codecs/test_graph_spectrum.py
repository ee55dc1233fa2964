"""A graph by its spectrum: what it decodes to, where it begins, what is refused."""

from __future__ import annotations

import pytest
import torch

from condenset.codecs.graph_spectrum import GraphSpectrum
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.kernels.spectrum import extreme_eigenpairs
from condenset.starts.k_means import k_means
from tests.conftest import close
from tests.examples import normal
from tests.networks import drawn
from tests.tasks.graph.example import communities


def begun() -> GraphSpectrum:
    """Eight nodes of communities, six eigenvectors."""
    task = communities()
    inputs = k_means(task, torch.full((4,), 2), Rng(0)).inputs
    return GraphSpectrum.encode(inputs, task, eigenvectors=6, smallest=0.6)


def test_eigenvalues_are_the_real_ones_and_vectors_begin_orthonormal() -> None:
    codec = begun()
    expected, _ = extreme_eigenpairs(communities().train.batch.inputs.propagation, 6, 0.6)
    close(codec.values, expected, 1e-5)
    assert expected[3] < 1 < expected[4]
    close(codec.vectors.T @ codec.vectors, torch.eye(6), 1e-5)


def test_orthonormal_eigenvectors_are_those_of_what_it_decodes_to() -> None:
    codec = begun()
    graph = codec()
    laplacian = torch.eye(8) - graph.propagation
    close(laplacian @ codec.vectors, codec.vectors * codec.values, 1e-5)
    assert graph.features is codec.features


def test_a_small_set_has_an_eigenvector_per_node() -> None:
    task = communities()
    codec = GraphSpectrum.encode(k_means(task, torch.ones(4, dtype=torch.int64), Rng(0)).inputs, task)
    assert codec.vectors.shape == (4, 4)


def test_networks_that_read_edges_refuse_it() -> None:
    codec = GraphSpectrum(normal(3, 5), torch.eye(3)[:, :1], torch.tensor([1.5]))
    with pytest.raises(RequestError, match=r"diagonal entry of -0\.5"):
        drawn("gat", (5,), 2, Rng(0))(codec())
    assert drawn("gcn", (5,), 2, Rng(0))(codec()).logits.shape == (3, 2)


def test_tensors_that_do_not_fit_are_refused() -> None:
    codec = begun()
    stored = {name: value.clone() for name, value in codec.state_dict().items()}
    with pytest.raises(ArtifactError, match=r"\(6,\): expected \(8, 5\) and \(5,\)"):
        GraphSpectrum.restore(codec.fields() | {"eigenvectors": 5}, stored)
