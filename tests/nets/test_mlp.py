"""Multi-layer perceptron: the released small one, tables, images, sizes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.nodes import Nodes
from condenset.core.propagation import normalise_adjacency
from condenset.core.rng import Rng
from condenset.nets.mlp import mlp
from tests.conftest import golden
from tests.networks import drawn


@pytest.mark.parametrize(("name", "shape"), [("grey28", (1, 28, 28)), ("rgb32", (3, 32, 32))])
def test_parameter_count_of_the_paper(name: str, shape: tuple[int, ...]) -> None:
    expected = golden("images/param_counts")[f"MLP.{name}"]
    assert drawn("mlp", shape, 10, Rng(0)).flat().numel() == int(expected)


def test_flat_order_of_the_released_network() -> None:
    arrays = golden("images/mtt_tesla_mlp")
    network = drawn("mlp:width=10,depth=1", (3, 8, 8), 4, Rng(0))
    parameters = network.unflatten(arrays["flat_start"])
    places = {"hidden.0": "fc_1", "classifier": "fc_2"}
    assert list(parameters) == [f"{ours}.{kind}" for ours in places for kind in ("weight", "bias")]
    for ours, theirs in places.items():
        assert torch.equal(parameters[f"{ours}.weight"], arrays[f"start.{theirs}.weight"])


@pytest.mark.parametrize("shape", [(7,), (2, 3, 4)])
def test_forward_is_matrix_products_and_rectification(shape: tuple[int, ...]) -> None:
    network = drawn("mlp:width=5", shape, 3, Rng(0))
    inputs = torch.randn(6, *shape, generator=Rng(1).torch())
    output = network(inputs)
    values = {k: v.numpy() for k, v in network.parameters.items()}
    hidden, expected = inputs.flatten(1).numpy(), []
    for index in range(2):
        hidden = np.maximum(hidden @ values[f"hidden.{index}.weight"].T + values[f"hidden.{index}.bias"], 0)
        expected.append(hidden)
    logits = hidden @ values["classifier.weight"].T + values["classifier.bias"]
    assert len(output.layers) == 2
    ours = (*output.layers, output.embedding, output.logits)
    for mine, independent in zip(ours, (*expected, hidden, logits), strict=True):
        assert np.allclose(mine.numpy(), independent, atol=1e-6)


def test_of_a_graph_it_reads_the_features_alone() -> None:
    network, generator = drawn("mlp:width=5", (4,), 3, Rng(0)), Rng(1).torch()
    rows = torch.randn(6, 4, generator=generator)
    graph = Nodes(rows, normalise_adjacency(torch.ones(6, 6) - torch.eye(6)))
    assert torch.equal(network(graph).logits, network(rows).logits)


def test_depth_zero_is_linear() -> None:
    network = drawn("mlp:depth=0", (4,), 2, Rng(0))
    inputs = torch.randn(3, 4, generator=Rng(1).torch())
    assert torch.equal(network(inputs).embedding, inputs)
    double = network(2 * inputs).logits - network.parameters["classifier.bias"]
    assert torch.allclose(double, 2 * (network(inputs).logits - network.parameters["classifier.bias"]), atol=1e-6)


def test_refuses_a_negative_depth() -> None:
    with pytest.raises(RequestError, match="depth=-1"):
        mlp((4,), 2, depth=-1)
