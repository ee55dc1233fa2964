"""Gradients in part."""

from __future__ import annotations

import torch

from condenset.codecs.slowed import slowed


def test_values_are_the_same_and_gradients_a_share_of_theirs() -> None:
    parameter = torch.tensor([0.1, -1e8, 3.0], requires_grad=True)
    found = slowed(parameter, 0.25)
    assert torch.equal(found, parameter)
    (found.square().sum()).backward()
    assert torch.equal(parameter.grad, 0.25 * 2 * parameter.detach())


def test_slopes_of_slopes_are_slowed_too() -> None:
    parameter = torch.tensor(3.0, requires_grad=True)
    (slope,) = torch.autograd.grad(slowed(parameter, 0.5) ** 3, parameter, create_graph=True)
    (second,) = torch.autograd.grad(slope, parameter)
    assert slope.item() == 0.5 * 27 and second.item() == 0.5 * 0.5 * 18
