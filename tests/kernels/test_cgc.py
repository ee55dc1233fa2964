"""CGC's closed forms against the released code."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from condenset.core.nodes import Nodes
from condenset.core.propagation import normalise_adjacency
from condenset.kernels.cgc import confidences, confident_means, linear_probe, similarity_edges, unpropagated
from tests.conftest import close, golden


@pytest.fixture(scope="module")
def arrays() -> dict[str, Any]:
    return golden("modalities/graphs_cgc")


def test_the_probe_and_its_confidences_are_those_of_the_release(arrays: dict[str, Any]) -> None:
    graph = Nodes(arrays["in_x"].double(), normalise_adjacency(arrays["in_adj"]))
    close(graph.hop(2), arrays["out_H2"], 1e-5)
    known = arrays["in_train_mask"].bool()
    labels = arrays["in_y"][known]
    probe = linear_probe([graph.hop(k)[known] for k in range(3)], torch.nn.functional.one_hot(labels, 3).double())
    close(probe, arrays["out_W"], 1e-4)
    close(confidences(graph.hop(2)[known] @ probe, labels), arrays["out_conf"], 1e-4)


def test_means_are_those_of_the_release(arrays: dict[str, Any]) -> None:
    known = arrays["in_train_mask"].bool()
    before = torch.cat([torch.zeros(1, dtype=torch.int64), arrays["in_budget"].cumsum(0)])
    owners = before[arrays["in_y"][known]] + arrays["in_cluster"]
    vectors = hops(arrays)[known]
    close(confident_means(vectors, owners, arrays["out_conf"], float(arrays["in_tau"])), arrays["out_centroids"], 1e-4)


def hops(arrays: dict[str, Any]) -> torch.Tensor:
    """Features propagated twice, float32."""
    return Nodes(arrays["in_x"].double(), normalise_adjacency(arrays["in_adj"])).hop(2).float()


def test_edges_and_features_are_those_of_the_release(arrays: dict[str, Any]) -> None:
    known = arrays["in_train_mask"].bool()
    before = torch.cat([torch.zeros(1, dtype=torch.int64), arrays["in_budget"].cumsum(0)])
    owners = before[arrays["in_y"][known]] + arrays["in_cluster"]
    means = confident_means(hops(arrays)[known].double(), owners, arrays["out_conf"].double(), float(arrays["in_tau"]))
    adjacency = similarity_edges(means, float(arrays["in_threshold"]))
    close(adjacency, arrays["out_adj_syn"], 0)
    close(unpropagated(means, adjacency, float(arrays["in_alpha"])), arrays["out_x_syn"], 1e-4)


def test_a_wrong_prediction_has_the_least_confidence() -> None:
    scores = torch.tensor([[2.0, 0.0], [0.0, 1.0], [3.0, 0.0]])
    found = confidences(scores, torch.tensor([0, 1, 1]))
    assert found[2] == found.min() < found[1] < found[0]


def test_without_edges_features_are_the_means_times_the_scale() -> None:
    vectors = torch.randn(4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    close(unpropagated(vectors, torch.zeros(4, 4, dtype=torch.float64), 2.0), 2 * vectors, 1e-12)


def test_equal_confidences_give_plain_means() -> None:
    vectors = torch.randn(5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    owners = torch.tensor([0, 1, 0, 1, 1])
    found = confident_means(vectors, owners, torch.full((5,), 0.3, dtype=torch.float64), 0.1)
    close(found, torch.stack([vectors[owners == k].mean(0) for k in (0, 1)]), 1e-12)
