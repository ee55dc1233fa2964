"""The rules of an inner loop against torch's optimisers, and their derivatives where nothing moves."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.kernels.descent import Adam, Descent, Rule
from tests.conftest import close

SIZE, RATES = 7, [0.1, 0.3, 0.05, 0.2]
GRADIENTS = torch.randn(len(RATES), SIZE, generator=Rng(0).torch(), dtype=torch.float64)


@pytest.mark.parametrize(
    ("rule", "optimiser"),
    [
        (Descent(), lambda p: torch.optim.SGD(p, lr=1.0)),
        (Descent(0.9), lambda p: torch.optim.SGD(p, lr=1.0, momentum=0.9)),
        (Adam(), lambda p: torch.optim.Adam(p, lr=1.0)),
        (Adam((0.5, 0.8), 1e-3), lambda p: torch.optim.Adam(p, lr=1.0, betas=(0.5, 0.8), eps=1e-3)),
    ],
    ids=["plain", "momentum", "adam", "another adam"],
)
def test_a_rule_steps_like_torch(rule: Rule, optimiser) -> None:
    parameter = torch.nn.Parameter(torch.linspace(-1, 1, SIZE, dtype=torch.float64))
    theirs, state = optimiser([parameter]), rule.begin(parameter.detach().clone())
    for step, (rate, gradient) in enumerate(zip(RATES, GRADIENTS, strict=True)):
        theirs.param_groups[0]["lr"] = rate
        parameter.grad = gradient.clone()
        theirs.step()
        state = rule.advance(state, gradient, torch.tensor(rate, dtype=torch.float64), step)
        close(state[0], parameter, 1e-13)


@pytest.mark.parametrize("rule", [Descent(), Descent(0.9), Adam()], ids=str)
def test_its_derivatives_are_difference_quotients(rule: Rule) -> None:
    state = rule.begin(torch.linspace(-1, 1, SIZE, dtype=torch.float64))
    for step, gradient in enumerate(GRADIENTS[:2]):
        state = rule.advance(state, gradient, torch.tensor(0.1, dtype=torch.float64), step)
    inputs = [t.clone().requires_grad_() for t in (state, GRADIENTS[2], torch.tensor(0.1, dtype=torch.float64))]
    assert torch.autograd.gradcheck(lambda *given: rule.advance(*given, 2), inputs)


def test_adam_where_every_gradient_was_zero_has_finite_derivatives() -> None:
    rule, gradient = Adam(eps=0.5), torch.zeros(SIZE, requires_grad=True)
    after = rule.advance(rule.begin(torch.ones(SIZE)), gradient, torch.tensor(0.1), 0)
    assert torch.equal(after[0], torch.ones(SIZE))
    (slope,) = torch.autograd.grad(after[0].sum(), gradient)
    close(slope, torch.full((SIZE,), -0.1 / 0.5), 1e-6)


@pytest.mark.parametrize("momentum", [-0.1, 1.0])
def test_an_impossible_momentum_is_refused(momentum: float) -> None:
    with pytest.raises(RequestError, match=str(momentum)):
        Descent(momentum)
