"""K-center greedy per class against a NumPy loop, from the example nearest to the mean."""

from __future__ import annotations

import numpy as np
import torch

from condenset.core.rng import Rng
from condenset.starts.k_center import k_center
from tests.examples import blobs


def test_examples_of_a_class_in_greedy_order() -> None:
    task = blobs()
    batch = k_center(task, torch.tensor([4, 2, 5]), Rng(0))
    begin = 0
    for group, count in enumerate((4, 2, 5)):
        members = task.train.batch.inputs[task.train.members(group)]
        points = members.double().numpy()
        chosen = [int(((points - points.mean(0)) ** 2).sum(1).argmin())]
        while len(chosen) < count:
            distance = ((points[:, None] - points[chosen]) ** 2).sum(2).min(1)
            chosen.append(int(distance.argmax()))
        assert torch.equal(batch.inputs[begin : begin + count], members[chosen])
        begin += count
        assert len(np.unique(chosen)) == count
