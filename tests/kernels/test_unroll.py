"""The adjoint unroll against plain back-propagation through the steps, in float64."""

from __future__ import annotations

import weakref
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils import _pytree
from torch.utils._python_dispatch import TorchDispatchMode

from condenset.core.rng import Rng
from condenset.kernels import unroll
from condenset.kernels.derivatives import Derivatives, Loss, Tensors
from condenset.kernels.descent import Adam, Descent, Rule
from condenset.kernels.unroll import BatchOf, unrolled
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
    # Alone in its group a channel's bias would have no gradient but rounding, which Adam blows up by 1 / eps.
    hidden = functional.group_norm(functional.conv2d(x, w1, b1, padding=1), 2, 1 + g)
    return functional.linear(functional.avg_pool2d(functional.silu(hidden), 2).mean((2, 3)), w2, b2)


NETS = {"mlp": (mlp, 12 * 7 + 7 + 7 * 3 + 3), "convnet": (convnet, 4 * 27 + 8 + 12 + 3)}


def shifted(step: int, leaves: Tensors) -> Tensors:
    """A mini-batch and a shift of the images, both chosen by the step; labels as probabilities."""
    images, soft, order = leaves
    chosen = order.roll(step)[: EXAMPLES - 2]
    return images[chosen].roll(step, dims=-1), soft.softmax(1)[chosen]


def loss_of(net: Callable[[Tensor, Tensor], Tensor]) -> Loss:
    return lambda theta, x, y: -(functional.log_softmax(net(theta, x), 1) * y).sum(1).mean()


def by_autograd(
    loss: Loss, batch_of: BatchOf, start: Tensor, rates: Tensor, leaves: Tensors, rule: Rule, curvature: bool = True
) -> Tensor:
    """The same walk, whole in the graph."""
    state = rule.begin(start)
    for step, rate in enumerate(rates):
        point = state[0] if curvature and state.requires_grad else state[0].detach().requires_grad_()
        gradient = torch.autograd.grad(loss(point, *batch_of(step, leaves)), point, create_graph=True)[0]
        state = rule.advance(state, gradient, rate, step)
    return state[0]


Case = tuple[Loss, Tensor, Tensor, Tensors]


def case(name: str) -> Case:
    net, size = NETS[name]
    images = normal(EXAMPLES, 3, 4, 4, name="x") if name == "convnet" else normal(EXAMPLES, 3, 2, 2, name="x")
    soft = normal(EXAMPLES, CLASSES, name="y")
    start = normal(size, name="theta", scale=0.5).requires_grad_()
    rates = torch.linspace(0.3, 0.1, STEPS, dtype=torch.float64).requires_grad_()
    return loss_of(net), start, rates, (images.requires_grad_(), soft.requires_grad_(), torch.arange(EXAMPLES))


def outer(theta: Tensor) -> Tensor:
    return (theta - normal(len(theta), name="target")).square().sum()


RULES = [Descent(), Descent(0.9), Adam()]


@pytest.fixture(params=[2**26, 0], ids=["all kept", "stretches"])
def _kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unroll, "_KEPT", request.param)


@pytest.mark.usefixtures("_kept")
@pytest.mark.parametrize("curvature", [True, False], ids=["exact", "tesla"])
@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("name", NETS)
def test_gradients_equal_back_propagation_through_every_step(name: str, rule: Rule, curvature: bool) -> None:
    """Without curvature the reference holds every iterate constant where its gradient is taken."""
    loss, start, rates, leaves = case(name)
    inputs = [start, rates, *leaves[:2]]
    ours = unrolled(Derivatives(loss), shifted, start, rates, leaves, rule, curvature)
    theirs = by_autograd(loss, shifted, start, rates, leaves, rule, curvature)
    close(ours, theirs.detach(), 1e-13)
    expected = torch.autograd.grad(outer(theirs), inputs)
    for got, want in zip(torch.autograd.grad(outer(ours), inputs), expected, strict=True):
        close(got, want, 1e-12)


def test_a_shared_rate_gathers_the_gradient_of_every_step() -> None:
    loss, start, _, leaves = case("mlp")
    shared, rule = torch.tensor(0.2, dtype=torch.float64, requires_grad=True), Descent(0.5)
    ours = unrolled(Derivatives(loss), shifted, start, shared.expand(STEPS), leaves, rule)
    theirs = by_autograd(loss, shifted, start, shared.expand(STEPS), leaves, rule)
    close(torch.autograd.grad(outer(ours), shared)[0], torch.autograd.grad(outer(theirs), shared)[0], 1e-10)


@pytest.mark.parametrize("closed", [0, 1])
def test_a_leaf_without_gradient_leaves_the_others_exact(closed: int) -> None:
    loss, start, rates, leaves = case("mlp")
    leaves = tuple(leaf.detach() if place == closed else leaf for place, leaf in enumerate(leaves))
    start, rates, open_leaf = start.detach(), rates.detach(), leaves[1 - closed]
    outer(unrolled(Derivatives(loss), shifted, start, rates, leaves)).backward()
    assert leaves[closed].grad is None
    theirs = by_autograd(loss, shifted, start, rates, leaves, Descent())
    close(open_leaf.grad, torch.autograd.grad(outer(theirs), open_leaf)[0], 1e-10)


def test_a_gradient_that_depends_on_no_parameter_still_reaches_the_leaves() -> None:
    leaf = normal(4, name="slope").requires_grad_()
    start = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    rates = torch.tensor([0.5, 0.25], dtype=torch.float64)
    end = unrolled(Derivatives(torch.dot), lambda step, leaves: leaves, start, rates, (leaf,))
    close(end, -0.75 * leaf.detach(), 1e-15)
    end.sum().backward()
    close(leaf.grad, torch.full((4,), -0.75, dtype=torch.float64), 1e-15)
    close(start.grad, torch.ones(4, dtype=torch.float64), 1e-15)


@pytest.mark.usefixtures("_kept")
@pytest.mark.parametrize("window", [1, 3, STEPS, STEPS + 2])
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_window_differentiates_the_last_steps_from_the_state_that_the_others_lead_to(rule: Rule, window: int) -> None:
    """The reference cuts its graph where the window begins; what the rule remembers is carried over."""
    loss, start, rates, leaves = case("mlp")
    ours = unrolled(Derivatives(loss), shifted, start.detach(), rates, leaves, rule, window=window)
    state = rule.begin(start.detach())
    for step, rate in enumerate(rates):
        state = state.detach() if step == STEPS - window else state
        point = state[0] if state.requires_grad else state[0].detach().requires_grad_()
        gradient = torch.autograd.grad(loss(point, *shifted(step, leaves)), point, create_graph=True)[0]
        state = rule.advance(state, gradient, rate, step)
    inputs = [rates, *leaves[:2]]
    expected = torch.autograd.grad(outer(state[0]), inputs)
    for got, want in zip(torch.autograd.grad(outer(ours), inputs), expected, strict=True):
        close(got, want, 1e-10)


def test_no_steps_give_the_start_and_pass_the_gradient_through() -> None:
    loss, start, rates, leaves = case("mlp")
    end = unrolled(Derivatives(loss), shifted, start, rates[:0], leaves, Descent(0.9))
    assert torch.equal(end, start) and end.data_ptr() != start.data_ptr()
    assert torch.equal(torch.autograd.grad(end.sum(), start)[0], torch.ones_like(start))


def test_every_derivative_is_prepared_once() -> None:
    loss, start, rates, leaves = case("mlp")
    prepared = []
    derivatives = Derivatives(loss, lambda function: prepared.append(function) or function)
    for _ in range(2):
        outer(unrolled(derivatives, shifted, start, rates, leaves)).backward()
    assert len(prepared) == 2


class Meter(TorchDispatchMode):
    """Counts the numbers in tensors that are alive, now and at most."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.peak = 0
        self.known: set[int] = set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        for tensor in _pytree.tree_leaves(made):
            if isinstance(tensor, Tensor):
                self.count(tensor.untyped_storage())
        return made

    def count(self, storage: torch.UntypedStorage) -> None:
        address, numbers = storage._cdata, storage.nbytes() // 8
        if address not in self.known:
            self.known.add(address)
            self.now += numbers
            self.peak = max(self.peak, self.now)
            weakref.finalize(storage, self.forget, address, numbers)

    def forget(self, address: int, numbers: int) -> None:
        self.known.discard(address)
        self.now -= numbers


def peak(steps: int, rule: Rule | None) -> int:
    """Numbers held at most; without a rule, by plain back-propagation."""
    size, meter = NETS["mlp"][1], Meter()
    x = normal(200, 12, name="x").requires_grad_()
    leaves = (x, torch.arange(200) % CLASSES)
    loss = lambda theta, x, y: functional.cross_entropy(mlp(theta, x), y)
    start, rates = normal(size, name="theta"), torch.full((steps,), 0.1, dtype=torch.float64)
    with meter:
        if rule is None:
            end = by_autograd(loss, lambda step, leaves: leaves, start, rates, leaves, Descent())
        else:
            end = unrolled(Derivatives(loss), lambda step, leaves: leaves, start, rates, leaves, rule)
        outer(end).backward()
    return meter.peak


@pytest.mark.parametrize(("rule", "rows"), [(Descent(), 1), (Descent(0.9), 2), (Adam(), 3)], ids=str)
def test_a_further_step_costs_its_state_and_gradient_and_no_activations(rule: Rule, rows: int) -> None:
    per_step = (peak(13, rule) - peak(3, rule)) / 10
    assert per_step == (rows + 1) * NETS["mlp"][1] + 2  # and its rate with a gradient
    assert (peak(13, None) - peak(3, None)) / 10 > 10 * per_step


def test_states_above_what_is_kept_grow_with_the_root_of_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen times the steps, four times the states."""
    monkeypatch.setattr(unroll, "_KEPT", 0)
    grown = peak(256, Descent()) - peak(16, Descent())
    assert grown <= (16 - 4) * (1 + 2 * 2) * NETS["mlp"][1] + 2 * 240  # heads, two stretches; rates
