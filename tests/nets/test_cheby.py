"""ChebNet against NumPy's Chebyshev polynomials of the Laplacian's eigenvalues."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.nets.cheby import ChebyshevLayer
from tests.conftest import close
from tests.nets.graphs import ring
from tests.networks import drawn


@pytest.mark.parametrize("order", [0, 1, 3])
def test_a_layer_filters_the_spectrum_by_chebyshev_polynomials(order: int) -> None:
    graph, _ = ring()
    layer = ChebyshevLayer(5, 4, order).double()
    eigenvalues, vectors = np.linalg.eigh(np.eye(len(graph)) - graph.propagation.to_dense().numpy())  # Laplacian
    expected = np.zeros((len(graph), 4))
    for k, part in enumerate([layer.first, *layer.further]):
        filtered = np.polynomial.chebyshev.chebval(eigenvalues - 1, [*[0] * k, 1])  # as if the largest were 2
        expected += vectors * filtered @ vectors.T @ graph.features.numpy() @ part.weight.detach().numpy().T
    close(layer(graph, graph.features), torch.from_numpy(expected + layer.first.bias.detach().numpy()), 1e-12)


def test_only_the_first_filter_has_a_bias() -> None:
    names = list(drawn("cheby:hidden=6,order=1", (5,), 3, Rng(0)).parameters)
    assert [name for name in names if "bias" in name] == ["layers.0.first.bias", "layers.1.first.bias"]


def test_it_has_two_layers() -> None:
    graph, _ = ring()
    network = drawn("cheby:hidden=6", (5,), 3, Rng(0))
    output = network(graph, {k: v.double() for k, v in network.parameters.items()})
    assert output.logits.shape == (9, 3) and output.embedding.shape == (9, 6)


def test_an_order_below_zero_is_refused() -> None:
    with pytest.raises(RequestError, match="order -1"):
        drawn("cheby:order=-1", (5,), 3, Rng(0))
