"""The adjoint unroll against plain back-propagation through the steps, in float64."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.kernels.unroll import InnerLoss, unrolled_sgd
from tests.conftest import close

STEPS, EXAMPLES, CLASSES = 5, 6, 3


def normal(*shape: int, name: str, scale: float = 1.0) -> Tensor:
    return scale * torch.randn(*shape, dtype=torch.float64, generator=Rng(0).child(name).torch())


def cut(theta: Tensor, shapes: list[tuple[int, ...]]) -> list[Tensor]:
    pieces = theta.split([torch.Size(shape).numel() for shape in shapes])
    return [piece.view(shape) for piece, shape in zip(pieces, shapes, strict=True)]


def mlp(theta: Tensor, x: Tensor) -> Tensor:
    w1, b1, w2, b2 = cut(theta, [(7, 12), (7,), (CLASSES, 7), (CLASSES,)])
    return functional.linear(torch.tanh(functional.linear(x.flatten(1), w1, b1)), w2, b2)


def convnet(theta: Tensor, x: Tensor) -> Tensor:
    w1, b1, g, w2, b2 = cut(theta, [(4, 3, 3, 3), (4,), (4,), (CLASSES, 4), (CLASSES,)])
    hidden = functional.group_norm(functional.conv2d(x, w1, b1, padding=1), 4, 1 + g)
    return functional.linear(functional.avg_pool2d(functional.silu(hidden), 2).mean((2, 3)), w2, b2)


NETS = {"mlp": (mlp, 12 * 7 + 7 + 7 * 3 + 3), "convnet": (convnet, 4 * 27 + 8 + 12 + 3)}


def batch_loss(net: Callable[[Tensor, Tensor], Tensor]) -> InnerLoss:
    """Mean cross-entropy on a mini-batch and a shift of the images, both chosen by the step."""

    def loss(theta: Tensor, step: int, leaves: tuple[Tensor, ...]) -> Tensor:
        images, soft, order = leaves
        chosen = order.roll(step)[: EXAMPLES - 2]
        x = images[chosen].roll(step, dims=-1)
        return -(functional.log_softmax(net(theta, x), 1) * soft.softmax(1)[chosen]).sum(1).mean()

    return loss


def by_autograd(loss: InnerLoss, start: Tensor, rates: Tensor, leaves: tuple[Tensor, ...], momentum: float) -> Tensor:
    """The same walk, whole in the graph."""
    theta, velocity = start, torch.zeros_like(start)
    for step, rate in enumerate(rates):
        current = theta if theta.requires_grad else theta.detach().requires_grad_()
        gradient = torch.autograd.grad(loss(current, step, leaves), current, create_graph=True)[0]
        velocity = momentum * velocity + gradient
        theta = current - rate * velocity
    return theta


def case(name: str) -> tuple[InnerLoss, Tensor, Tensor, tuple[Tensor, ...]]:
    net, size = NETS[name]
    images = normal(EXAMPLES, 3, 4, 4, name="x") if name == "convnet" else normal(EXAMPLES, 3, 2, 2, name="x")
    soft = normal(EXAMPLES, CLASSES, name="y")
    start = normal(size, name="theta", scale=0.5).requires_grad_()
    rates = torch.linspace(0.3, 0.1, STEPS, dtype=torch.float64).requires_grad_()
    return batch_loss(net), start, rates, (images.requires_grad_(), soft.requires_grad_(), torch.arange(EXAMPLES))


def outer(theta: Tensor) -> Tensor:
    return (theta - normal(len(theta), name="target")).square().sum()


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("name", NETS)
def test_gradients_equal_back_propagation_through_every_step(name: str, momentum: float) -> None:
    loss, start, rates, leaves = case(name)
    inputs = [start, rates, *leaves[:2]]
    ours, theirs = unrolled_sgd(loss, start, rates, leaves, momentum), by_autograd(loss, start, rates, leaves, momentum)
    close(ours, theirs.detach(), 1e-13)
    expected = torch.autograd.grad(outer(theirs), inputs)
    for got, want in zip(torch.autograd.grad(outer(ours), inputs), expected, strict=True):
        close(got, want, 1e-10)


def test_a_shared_rate_gathers_the_gradient_of_every_step() -> None:
    loss, start, _, leaves = case("mlp")
    shared = torch.tensor(0.2, dtype=torch.float64, requires_grad=True)
    ours, theirs = (walk(loss, start, shared.expand(STEPS), leaves, 0.5) for walk in (unrolled_sgd, by_autograd))
    close(torch.autograd.grad(outer(ours), shared)[0], torch.autograd.grad(outer(theirs), shared)[0], 1e-10)


@pytest.mark.parametrize("closed", [0, 1])
def test_a_leaf_without_gradient_leaves_the_others_exact(closed: int) -> None:
    loss, start, rates, leaves = case("mlp")
    leaves = tuple(leaf.detach() if place == closed else leaf for place, leaf in enumerate(leaves))
    open_leaf = leaves[1 - closed]
    outer(unrolled_sgd(loss, start.detach(), rates.detach(), leaves)).backward()
    assert leaves[closed].grad is None
    expected = torch.autograd.grad(outer(by_autograd(loss, start.detach(), rates.detach(), leaves, 0.0)), open_leaf)[0]
    close(open_leaf.grad, expected, 1e-10)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_without_curvature_iterates_are_constants(momentum: float) -> None:
    loss, start, rates, leaves = case("mlp")
    got = torch.autograd.grad(
        outer(unrolled_sgd(loss, start, rates, leaves, momentum, curvature=False)), [rates, leaves[0], start]
    )
    theta, velocity = start, torch.zeros_like(start)
    for step, rate in enumerate(rates):
        point = theta.detach().requires_grad_()
        velocity = momentum * velocity + torch.autograd.grad(loss(point, step, leaves), point, create_graph=True)[0]
        theta = theta - rate * velocity
    for ours, want in zip(got, torch.autograd.grad(outer(theta), [rates, leaves[0], start]), strict=True):
        close(ours, want, 1e-10)


def test_a_gradient_that_depends_on_no_parameter_still_reaches_the_leaves() -> None:
    leaf = normal(4, name="slope").requires_grad_()
    start = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    rates = torch.tensor([0.5, 0.25], dtype=torch.float64)
    end = unrolled_sgd(lambda theta, step, leaves: theta @ leaves[0], start, rates, (leaf,))
    close(end, -0.75 * leaf.detach(), 1e-15)
    end.sum().backward()
    close(leaf.grad, torch.full((4,), -0.75, dtype=torch.float64), 1e-15)
    close(start.grad, torch.ones(4, dtype=torch.float64), 1e-15)


def test_no_steps_give_the_start_and_pass_the_gradient_through() -> None:
    loss, start, rates, leaves = case("mlp")
    end = unrolled_sgd(loss, start, rates[:0], leaves, 0.9)
    assert torch.equal(end, start) and end.data_ptr() != start.data_ptr()
    assert torch.equal(torch.autograd.grad(end.sum(), start)[0], torch.ones_like(start))


class Held:
    """A tensor that autograd keeps, counted while it is kept."""

    def __init__(self, tensor: Tensor, meter: Meter) -> None:
        self.tensor, self.meter = tensor, meter
        meter.change(tensor.numel())

    def __del__(self) -> None:
        self.meter.change(-self.tensor.numel())


class Meter:
    """Counts the numbers that autograd holds, now and at most."""

    def __init__(self) -> None:
        self.now = self.peak = 0

    def change(self, numbers: int) -> None:
        self.now += numbers
        self.peak = max(self.peak, self.now)

    def watch(self) -> AbstractContextManager[None]:
        return torch.autograd.graph.saved_tensors_hooks(lambda tensor: Held(tensor, self), lambda held: held.tensor)


def peak(walk: Callable[..., Tensor], steps: int, examples: int, momentum: float) -> int:
    size, meter = NETS["mlp"][1], Meter()
    x = normal(examples, 12, name="x").requires_grad_()
    labels = torch.arange(examples) % CLASSES
    start, rates = normal(size, name="theta"), torch.full((steps,), 0.1, dtype=torch.float64)
    with meter.watch():
        end = walk(
            lambda theta, _, leaves: functional.cross_entropy(mlp(theta, leaves[0]), leaves[1]),
            start,
            rates,
            (x, labels),
            momentum,
        )
        outer(end).backward()
    return meter.peak


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_a_further_step_costs_its_parameters_and_no_activations(momentum: float) -> None:
    size = NETS["mlp"][1]
    few, many = (peak(unrolled_sgd, steps, 200, momentum) for steps in (3, 13))
    per_step = (many - few) / 10
    assert per_step == (2 if momentum else 1) * size + 1  # iterate, velocity with momentum, rate
    plain = (peak(by_autograd, 13, 200, momentum) - peak(by_autograd, 3, 200, momentum)) / 10
    assert plain > 20 * per_step


@pytest.mark.parametrize("momentum", [-0.1, 1.0])
def test_an_impossible_momentum_is_refused(momentum: float) -> None:
    loss, start, rates, leaves = case("mlp")
    with pytest.raises(RequestError, match=str(momentum)):
        unrolled_sgd(loss, start, rates, leaves, momentum)
