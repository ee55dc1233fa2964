"""CGC's start: plain means where nothing is weighed or added, and edges between means that are alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.propagation import recover_adjacency
from condenset.core.rng import Rng
from condenset.starts.calibrated_clusters import CalibratedClusters
from tests.conftest import close
from tests.examples import digits
from tests.tasks.graph.example import communities

PLAIN = CalibratedClusters(temperature=1e6, augmented=0.0)


def test_at_a_high_temperature_one_node_is_the_mean_of_its_class() -> None:
    opened = communities()
    vectors = opened.train.batch.inputs.hop(2)
    batch = PLAIN(opened, torch.ones(4, dtype=torch.int64), Rng(0))
    means = torch.stack([vectors[opened.train.members(group)].mean(0) for group in range(4)])
    close(batch.inputs.features, means, 1e-5)
    assert torch.equal(batch.inputs.propagation, torch.eye(4))
    assert batch.targets.tolist() == [0, 1, 2, 3]


def test_further_members_are_propagated_once_less() -> None:
    """With so many of them, the mean goes to that of their hop."""
    opened = communities()
    graph, counts = opened.train.batch.inputs, torch.ones(4, dtype=torch.int64)
    many = replace(PLAIN, augmented=200.0)(opened, counts, Rng(0)).inputs.features
    badly = (many - torch.stack([graph.hop(1)[opened.train.members(group)].mean(0) for group in range(4)])).norm(dim=1)
    plain = (many - PLAIN(opened, counts, Rng(0)).inputs.features).norm(dim=1)
    assert int((badly < plain).sum()) >= 3


def test_means_above_the_threshold_are_linked() -> None:
    opened, counts = communities(), torch.full((4,), 3)
    batch = replace(PLAIN, threshold=0.6)(opened, counts, Rng(0))
    means = PLAIN(opened, counts, Rng(0)).inputs.features
    cosines = torch.nn.functional.normalize(means) @ torch.nn.functional.normalize(means).T
    expected = (cosines > 0.6).float().fill_diagonal_(0)
    assert 0 < int(expected.sum()) < 12 * 11
    close(recover_adjacency(batch.inputs.propagation), expected, 1e-5)


def test_it_reads_graphs() -> None:
    with pytest.raises(RequestError, match="calibrated clusters"):
        CalibratedClusters()(digits(), torch.full((10,), 1), Rng(0))
