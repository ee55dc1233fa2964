"""Herding per class against a NumPy loop."""

from __future__ import annotations

import numpy as np
import torch

from condenset.core.rng import Rng
from condenset.starts.herding import herding
from condenset.tasks.graph.loading import graph_from_data
from tests.examples import digits
from tests.tasks.graph import example


def by_hand(points: np.ndarray, count: int) -> list[int]:
    mean, total, chosen = points.mean(0), np.zeros(points.shape[1]), []
    for step in range(count):
        distance = ((points - ((step + 1) * mean - total)) ** 2).sum(1)
        distance[chosen] = np.inf
        chosen.append(int(distance.argmin()))
        total += points[chosen[-1]]
    return chosen


def test_images_of_a_class_in_herding_order() -> None:
    task = digits()
    batch = herding(task, torch.full((10,), 3), Rng(0))
    for group in (0, 7):
        members = task.train.batch.inputs[task.train.members(group)]
        order = by_hand(members.flatten(1).double().numpy(), 3)
        assert torch.equal(batch.inputs[3 * group : 3 * group + 3], members[order])


def test_nodes_are_compared_by_their_propagated_features() -> None:
    place = torch.arange(12) % 6
    masks = {"train_mask": place < 3, "val_mask": place == 3, "test_mask": place > 3}
    task = graph_from_data(example.data(**masks))
    graph = task.train.batch.inputs
    spread = graph.spread(graph.spread(graph.features)).double().numpy()
    batch = herding(task, torch.tensor([1, 2]), Rng(0))
    orders = by_hand(spread[:3], 1) + [6 + k for k in by_hand(spread[6:9], 2)]
    assert torch.equal(batch.inputs.features, graph.features[orders])
