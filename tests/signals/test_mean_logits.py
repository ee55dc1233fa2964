"""Class-mean logits against a loop over classes."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.signals.mean_logits import MeanLogits
from tests.conftest import close
from tests.examples import batch_of, normal, task_of
from tests.networks import drawn


def test_means_are_those_of_a_loop_over_weighted_classes() -> None:
    labels, weight = torch.tensor([1, 0, 1, 2, 1, 0]), torch.tensor([1.0, 2.0, 0.0, 3.0, 0.5, 1.0])
    inputs = normal(6, 4)
    network = drawn("mlp:width=5,depth=1", (4,), 3, Rng(0))
    numbers = {name: value.double() for name, value in network.parameters.items()}
    hidden = (inputs.double() @ numbers["hidden.0.weight"].T + numbers["hidden.0.bias"]).clamp(min=0)
    logits = hidden @ numbers["classifier.weight"].T + numbers["classifier.bias"]
    found = MeanLogits().sums(network, batch_of(inputs, labels, weight), task_of(inputs, labels, 3, "tabular"))
    assert found.counts.tolist() == [3.0, 1.5, 3.0]
    for group in range(3):
        of_group = weight * (labels == group)
        close(found.mean()[0][group], of_group.double() @ logits / of_group.sum(), 1e-5)
