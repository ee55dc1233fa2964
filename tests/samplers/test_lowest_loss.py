"""The examples that a network gets most nearly right, against sorting by hand."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from condenset.core.rng import Rng
from condenset.samplers.lowest_loss import lowest_loss
from tests.examples import blobs


def test_they_have_the_smallest_cross_entropies_of_their_class() -> None:
    """All candidates are judged: four times eight are more than a class has."""
    task = blobs()
    network = task.network("mlp:width=8,depth=1", Rng(0))

    def losses(inputs: torch.Tensor, group: int) -> torch.Tensor:
        return F.cross_entropy(network(inputs).logits, torch.full((len(inputs),), group), reduction="none")

    batch = lowest_loss(task, network, 8, Rng(0))
    for group in range(3):
        own = task.train.batch.inputs[task.train.members(group)]
        expected = losses(own, group).sort().values[:8]
        torch.testing.assert_close(losses(batch.inputs[batch.groups == group], group), expected)
