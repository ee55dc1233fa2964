"""Numbers learnt stage by stage: their turns, the same bits stored, and what one stage alone does not reach."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from condenset.codecs.descending import Descending
from condenset.codecs.parametric import Parametric
from condenset.core.rng import Rng

SHAPE = (1, 2, 3)


def normal(*shape: int, name: str = "x") -> Tensor:
    return torch.randn(shape, generator=Rng(0).child(name).torch())


@dataclass(frozen=True)
class Linear:
    """Two stages: two numbers to six, and six to the six pixels."""

    layer: int
    shape: tuple[int, int, int] = SHAPE

    @property
    def numbers(self) -> int:
        return (2, 6)[self.layer]

    @property
    def held(self) -> int:
        return 6

    def begin(self, images: Tensor) -> Tensor:
        return torch.zeros(len(images), self.numbers)

    def next(self, numbers: Tensor) -> Tensor:
        return numbers @ normal(2, 6, name="first")

    def __call__(self, numbers: Tensor) -> Tensor:
        return ((self.next(numbers) if self.layer == 0 else numbers) @ normal(6, 6, name="last")).view(-1, *SHAPE)


def made() -> Descending:
    return Descending(Parametric, [Linear(0), Linear(1)], normal(4, 2))


def test_it_begins_as_the_first_stage_draws_and_stores_what_stands_before_the_last() -> None:
    codec = made()
    torch.testing.assert_close(codec(), Linear(0)(normal(4, 2)))
    codec.parts[1].data += normal(4, 6, name="moved")
    stored = codec.stored()
    assert stored.data.shape == (4, 6) and torch.equal(stored(), codec())
    assert torch.allclose(codec(torch.tensor([2, 0])), codec()[[2, 0]], atol=1e-6)
    assert codec.fields() == stored.fields() == {"input_shape": list(SHAPE), "layer": 1}


@pytest.mark.parametrize(("done", "learnt"), [(0.0, 0), (0.49, 0), (0.5, 1), (0.99, 1)])
def test_stages_take_turns(done: float, learnt: int) -> None:
    codec = made()
    codec.turn(done)
    codec().square().sum().backward()
    assert [part.grad is not None for part in codec.parts] == [number == learnt for number in range(2)]


def test_a_goal_that_the_first_stage_does_not_reach_is_reached_by_the_second() -> None:
    """At one rate; two numbers draw no six pixels."""
    codec, goal, errors = made(), normal(4, *SHAPE, name="goal"), []
    optimiser = torch.optim.SGD(codec.parameter_groups()["data"], lr=1.0)
    for step in range(400):
        codec.turn(step / 400)
        optimiser.zero_grad(set_to_none=True)
        loss = 0.5 * (codec() - goal).square().sum()
        loss.backward()
        optimiser.step()
        errors.append(loss.item())
    assert errors[199] < 0.8 * errors[0] and errors[199] > 0.99 * errors[150]
    assert errors[-1] < 0.5 * errors[199] and max(errors) <= errors[0]
