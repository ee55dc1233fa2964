"""Optimisers by name, and their state as tensors."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from condenset.core.optimisers import DecayedKind, Kind, make_optimiser, optimiser_state, restore_optimiser


def leaf(*values: float) -> Tensor:
    return torch.tensor(values, requires_grad=True)


def step(optimiser: torch.optim.Optimizer, tensor: Tensor) -> None:
    optimiser.zero_grad()
    tensor.square().sum().backward()
    optimiser.step()


def test_sgd_with_momentum_and_decay_by_hand() -> None:
    tensor = leaf(1.0)
    optimiser = make_optimiser("sgd", [tensor], 0.1, momentum=0.5, weight_decay=0.2)
    step(optimiser, tensor)
    torch.testing.assert_close(tensor.detach(), torch.tensor([1 - 0.1 * 2.2]))
    step(optimiser, tensor)
    torch.testing.assert_close(tensor.detach(), torch.tensor([0.78 - 0.1 * (2.2 * 0.78 + 0.5 * 2.2)]))


def test_adam_begins_with_steps_of_its_rate() -> None:
    tensor = leaf(3.0, -0.01)
    step(make_optimiser("adam", [tensor], 0.1), tensor)
    torch.testing.assert_close(tensor.detach(), torch.tensor([2.9, 0.09]), rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", ["sgd", "adam"])
def test_a_restored_optimiser_goes_on_the_same_and_leaves_the_saved_tensors_alone(kind: Kind) -> None:
    one, other = leaf(1.0, 2.0), leaf(1.0, 2.0)
    first = make_optimiser(kind, [one], 0.1, momentum=0.9)
    for _ in range(3):
        step(first, one)
    saved = {k: v.clone() for k, v in optimiser_state(first).items()}
    assert saved
    kept = {k: v.clone() for k, v in saved.items()}
    second = make_optimiser(kind, [other], 0.1, momentum=0.9)
    restore_optimiser(second, saved)
    other.data.copy_(one.data)
    for _ in range(3):
        step(first, one)
        step(second, other)
    assert torch.equal(one, other)
    assert all(torch.equal(saved[k], kept[k]) for k in kept)


def test_descent_that_took_no_step_has_nothing_to_save() -> None:
    optimiser = make_optimiser("sgd", [leaf(1.0)], 0.1, momentum=0.9)
    assert optimiser_state(optimiser) == {}
    restore_optimiser(optimiser, {})


@pytest.mark.parametrize(("kind", "plain"), [("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW)])
def test_moments_that_are_there_from_the_first_change_no_step(kind: DecayedKind, plain: type) -> None:
    one, other, unused = leaf(1.0, -2.0), leaf(1.0, -2.0), leaf(3.0)
    ours, theirs = make_optimiser(kind, [one, unused], 0.1, weight_decay=0.2), plain([other], lr=0.1, weight_decay=0.2)
    before = {name: (t.shape, t.dtype) for name, t in optimiser_state(ours).items()}
    assert {"0/exp_avg", "0/exp_avg_sq", "0/step", "1/exp_avg"} <= before.keys()
    for _ in range(3):
        step(ours, one)
        step(theirs, other)
        assert torch.equal(one, other)
    assert {name: (t.shape, t.dtype) for name, t in optimiser_state(ours).items()} == before
