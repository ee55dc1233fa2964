"""What is rounded keeps its value to the last bit and has the gradient of what it was made of."""

from __future__ import annotations

import torch

from condenset.codecs.straight_through import straight_through
from condenset.core.rng import Rng


def test_values_are_hard_and_gradients_soft() -> None:
    soft = (100 * torch.randn(1000, generator=Rng(0).torch())).requires_grad_()
    weights = torch.arange(1000.0)
    found = straight_through(2 * soft, soft.detach().round())
    assert torch.equal(found, soft.detach().round())
    (found * weights).sum().backward()
    assert torch.equal(soft.grad, 2 * weights)


def test_what_the_hard_value_is_made_of_learns_too() -> None:
    entry = torch.tensor(3.0, requires_grad=True)
    soft = torch.zeros(4, requires_grad=True)
    straight_through(soft, entry.expand(4)).sum().backward()
    assert entry.grad == 4 and torch.equal(soft.grad, torch.ones(4))
