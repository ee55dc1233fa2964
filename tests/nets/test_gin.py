"""GIN against PyTorch Geometric's layers, what it tells apart, and that graphs of a batch ignore each other."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.graphs import Graphs
from condenset.core.rng import Rng
from tests.conftest import close
from tests.core.test_graphs import graphs
from tests.networks import drawn


def test_layers_are_those_of_torch_geometric() -> None:
    geometric = pytest.importorskip("torch_geometric.nn")
    whole = Graphs(*(getattr(graphs(), name) for name in ("features", "edges")), torch.ones(10), graphs().sizes)
    network = drawn("gin:width=5,layers=2,pooling=mean", (2,), 3, Rng(0))
    p, values, layers = network.parameters, whole.features, []
    for number in range(2):
        mlp = torch.nn.Sequential(torch.nn.Linear(len(values.T), 5), torch.nn.ReLU(), torch.nn.Linear(5, 5))
        state = {f"{place}.{part}": p[f"{name}.{number}.{part}"]
                 for place, name in ((0, "inner"), (2, "outer")) for part in ("weight", "bias")}  # fmt: skip
        layer = geometric.GINConv(mlp)  # which draws the MLP anew
        mlp.load_state_dict(state)
        values = layer(values, whole.edges).relu()
        layers.append(geometric.global_mean_pool(values, whole.owner))
    close(network(whole).embedding, torch.cat(layers, 1), 1e-5)


def test_graphs_of_a_batch_ignore_each_other_and_sizes_count_in_a_sum() -> None:
    whole = graphs()
    network = drawn("gin:width=4", (2,), 3, Rng(0))
    close(network(whole.take(torch.tensor([2]))).logits, network(whole).logits[2:], 1e-5)
    twice = Graphs(torch.ones(3, 2), torch.zeros(2, 0, dtype=torch.int64), torch.ones(0), torch.tensor([1, 2]))
    one, two = network(twice).embedding
    close(two, 2 * one, 1e-6)


def test_no_layers_are_refused() -> None:
    with pytest.raises(RequestError, match="0 layers"):
        drawn("gin:layers=0", (2,), 3, Rng(0))
