"""The gradient of all examples together against that of an ordinary network."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from condenset.core.rng import Rng
from condenset.signals.class_gradient import ClassGradient
from condenset.signals.mean_gradient import MeanGradient
from tests.conftest import close
from tests.examples import batch_of, double, normal, task_of
from tests.networks import drawn

LABELS = torch.tensor([1, 0, 1, 2, 1, 0])
INPUTS = normal(6, 4, dtype=torch.float64)
TASK = task_of(INPUTS, LABELS, 3, "tabular")
NETWORK = double(drawn("mlp:width=5,depth=1", (4,), 3, Rng(0)))


def test_it_is_the_gradient_of_the_mean_loss() -> None:
    plain = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)).double()
    plain.load_state_dict(dict(zip(plain.state_dict(), NETWORK.parameters.values(), strict=True)))
    F.cross_entropy(plain(INPUTS), LABELS).backward()
    found = MeanGradient().sums(NETWORK, batch_of(INPUTS, LABELS), TASK)
    assert found.counts.tolist() == [6.0]
    for mine, parameter in zip(found.mean(), plain.parameters(), strict=True):
        close(mine[0], parameter.grad, 1e-12)


def test_it_is_the_sum_of_the_classes_gradients() -> None:
    whole = MeanGradient().sums(NETWORK, batch_of(INPUTS, LABELS), TASK)
    classes = ClassGradient().sums(NETWORK, batch_of(INPUTS, LABELS), TASK)
    for one, several in zip(whole.totals, classes.totals, strict=True):
        close(one[0], several.sum(0), 1e-12)
