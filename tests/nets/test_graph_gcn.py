"""GCN on whole graphs against dense matrices and the released numbers of DosCond."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.graphs import Graphs
from condenset.core.rng import Rng
from condenset.nets.graph_gcn import GraphGCN
from tests.conftest import close, golden
from tests.core.test_graphs import dense, graphs
from tests.networks import drawn
from tests.tasks.graphs.example import of_matrices


def test_it_is_a_product_of_dense_matrices() -> None:
    whole = graphs()
    even = Graphs(whole.features, whole.edges, torch.full_like(whole.weights, 0.5), whole.sizes)
    network = drawn("graph-gcn:width=5,layers=2", (2,), 3, Rng(0))
    p, expected = network.parameters, []
    for features, matrix in dense(even):
        looped = matrix + torch.eye(len(matrix))
        scale = looped.sum(1).rsqrt()
        propagation = looped * scale[:, None] * scale
        values = features
        for number in range(2):
            values = (propagation @ (values @ p[f"layers.{number}.weight"].T) + p[f"layers.{number}.bias"]).relu()
        expected.append(values.mean(0))
    close(network(even).embedding, torch.stack(expected), 1e-5)


def test_golden_scores_of_doscond() -> None:
    vectors = golden("modalities/graphs_doscond")
    network = GraphGCN((4,), 2, width=5, layers=2).double()
    names = {"layers.0": "convs_0_lin", "layers.1": "convs_1_lin"}
    state = {f"{own}.weight": vectors[f"in_p_{theirs}_weight"] for own, theirs in names.items()}
    state |= {f"layers.{number}.bias": vectors[f"in_p_convs_{number}_bias"] for number in (0, 1)}
    state |= {f"last.{part}": vectors[f"in_p_lin3_{part}"] for part in ("weight", "bias")}
    network.load_state_dict(state)
    found = network(of_matrices(vectors["in_feat_syn"], vectors["in_adj_syn"])).logits.log_softmax(1)
    close(found, vectors["out_logprob"], 1e-10)


def test_no_layers_are_refused() -> None:
    with pytest.raises(RequestError, match="0 layers"):
        drawn("graph-gcn:layers=0", (2,), 3, Rng(0))
