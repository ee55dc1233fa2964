"""The inner loop against torch.optim.SGD on the same batches."""

from __future__ import annotations

import shutil

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from condenset.codecs.multi_formation import MultiFormation
from condenset.core.errors import RequestError
from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.kernels.descent import Adam, Descent, Rule
from condenset.labels.soft import Soft
from condenset.learners import derivatives
from condenset.learners.derivatives import compiled_derivatives
from condenset.nets.network import Network
from condenset.objectives import inner_loop
from condenset.objectives.inner_loop import InnerLoop
from condenset.synthetic import Contract, SyntheticSet
from condenset.tasks.pictures.augment import DSA
from tests.conftest import close
from tests.examples import digits, double, normal, set_of, task_of
from tests.networks import drawn

LABELS = torch.tensor([0, 1, 2, 0, 1, 2, 0])
INPUTS = normal(7, 4).double()
TASK = task_of(INPUTS, LABELS, 3, "tabular")
NETWORK = double(drawn("mlp:width=5,depth=1", (4,), 3, Rng(0)))


def plain(network: Network) -> nn.Module:
    """The same network as an ordinary module."""
    module = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)).double()
    module.load_state_dict(dict(zip(module.state_dict(), network.parameters.values(), strict=True)))
    return module


def descend(batches: list[Tensor], rates: list[float], momentum: float, targets: Tensor = LABELS) -> Tensor:
    module = plain(NETWORK)
    optimiser = torch.optim.SGD(module.parameters(), lr=1.0, momentum=momentum)
    for index, rate in zip(batches, rates, strict=True):
        optimiser.param_groups[0]["lr"] = rate
        optimiser.zero_grad()
        F.cross_entropy(module(INPUTS[index]), targets[index]).backward()
        optimiser.step()
    return torch.cat([p.detach().flatten() for p in module.parameters()])


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_whole_set_steps_with_a_rate_each_are_torchs(momentum: float) -> None:
    rates = [0.5, 0.1, 0.3]
    condensed = set_of(INPUTS, LABELS, torch.tensor(rates))
    found = InnerLoop(3, rule=Descent(momentum)).train(NETWORK, condensed, TASK, Rng(0))
    close(found, descend([torch.arange(7)] * 3, rates, momentum), 1e-6)


def test_soft_labels_are_learnt_from() -> None:
    soft = normal(7, 3, seed=4).softmax(1).double()
    condensed = set_of(INPUTS, soft, torch.tensor([0.5]))
    found = InnerLoop(4).train(NETWORK, condensed, TASK, Rng(0))
    close(found, descend([torch.arange(7)] * 4, [0.5] * 4, 0.0, soft), 1e-6)


def test_mini_batches_are_torchs_on_the_same_plan() -> None:
    loop = InnerLoop(6, batch=3)
    condensed = set_of(INPUTS, LABELS, torch.full((6,), 0.1))
    close(loop.train(NETWORK, condensed, TASK, Rng(3)), descend(loop._plan(7, Rng(3)), [0.1] * 6, 0.0), 1e-6)


def test_mini_batches_use_up_the_set_before_it_is_shuffled_again() -> None:
    """What a step used is what the result newly depends on; a linear network depends on all that it sees."""
    linear = double(drawn("mlp:depth=0", (4,), 3, Rng(0)))
    used: list[set[int]] = []
    for steps in range(1, 4):
        condensed = set_of(INPUTS, LABELS, torch.full((steps,), 0.1))
        InnerLoop(steps, batch=3).train(linear, condensed, TASK, Rng(3)).square().sum().backward()
        touched = condensed.codec.data.grad.flatten(1).abs().sum(1) > 0
        used.append(set(touched.nonzero().flatten().tolist()))
    assert [len(found) for found in used] == [3, 6, 7]
    assert used[0] < used[1] < used[2]
    orders = [torch.cat(InnerLoop(6, batch=3)._plan(7, Rng(3))[k : k + 3]).tolist() for k in (0, 3)]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(7))
    assert orders[0] != orders[1]


def test_fixed_batches_are_replayed_in_stored_order() -> None:
    """Seven items in three batches, five steps."""
    rates = [0.5, 0.1, 0.3, 0.2, 0.4]
    found = InnerLoop(5, replayed=3).train(NETWORK, set_of(INPUTS, LABELS, torch.tensor(rates)), TASK, Rng(0))
    plan = [torch.tensor(part) for part in ([0, 3, 6], [1, 4], [2, 5], [0, 3, 6], [1, 4])]
    close(found, descend(plan, rates, 0.0), 1e-6)


def test_the_gradient_by_data_and_rate_is_a_difference_quotient() -> None:
    loop = InnerLoop(3, batch=3, rule=Descent(0.5))
    goal = normal(len(NETWORK.flat()), seed=5).double()

    def score(inputs: Tensor, log_rate: Tensor) -> Tensor:
        condensed = set_of(INPUTS, LABELS, torch.tensor([0.1]))
        del condensed.codec._parameters["data"], condensed._parameters["log_rates"]
        condensed.codec.data, condensed.log_rates = inputs, log_rate
        return loop.train(NETWORK, condensed, TASK, Rng(0)).dot(goal)

    start = INPUTS.clone().requires_grad_(), torch.tensor([-2.0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(score, start)


def test_augmentation_is_drawn_per_step_and_repeats_with_the_stream() -> None:
    task = digits()
    assert isinstance(task.augmentation, DSA)
    images = task.train.batch.inputs[:6]
    condensed = set_of(images, task.train.batch.targets[:6], torch.tensor([0.1]))
    network = task.network("mlp:width=8,depth=1", Rng(0))
    ends = [
        InnerLoop(3, augment=augment).train(network, condensed, task, Rng(seed))
        for augment, seed in ((False, 0), (True, 0), (True, 0), (True, 1))
    ]
    assert torch.equal(ends[1], ends[2])
    assert not torch.allclose(ends[0], ends[1])
    assert not torch.allclose(ends[1], ends[3])


def test_a_rate_of_its_own_stands_for_learnt_ones() -> None:
    learnt = InnerLoop(3).train(NETWORK, set_of(INPUTS, LABELS, torch.tensor([0.2])), TASK, Rng(0))
    close(InnerLoop(3, rate=0.2).train(NETWORK, set_of(INPUTS, LABELS), TASK, Rng(0)), learnt, 1e-6)


def test_a_window_ends_walks_of_every_length_up_to_all_steps() -> None:
    ends = {
        steps: InnerLoop(steps, rate=0.2).train(NETWORK, set_of(INPUTS, LABELS), TASK, Rng(0)) for steps in range(2, 6)
    }
    seen = set()
    for seed in range(40):
        found = InnerLoop(5, rate=0.2, window=2).train(NETWORK, set_of(INPUTS, LABELS), TASK, Rng(seed))
        seen.update(steps for steps, end in ends.items() if torch.equal(found, end))
    assert seen == {2, 3, 4, 5}


@pytest.mark.parametrize("window", [0, 4])
def test_a_window_that_does_not_fit_the_steps_is_refused(window: int) -> None:
    with pytest.raises(RequestError, match=f"window of {window} of 3"):
        InnerLoop(3, window=window)


@pytest.mark.parametrize(("rates", "message"), [(None, "no learnt learning rate"), (torch.full((4,), 0.1), "4 .* 3")])
def test_rates_that_do_not_fit_the_steps_are_refused(rates: Tensor | None, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        InnerLoop(3).train(NETWORK, set_of(INPUTS, LABELS, rates), TASK, Rng(0))


@pytest.mark.parametrize("rule", [Descent(), Descent(0.9), Adam()], ids=str)
@pytest.mark.parametrize("curvature", [True, False])
def test_augmentation_and_a_decoder_inside_have_the_gradients_of_autograd(rule: Rule, curvature: bool) -> None:
    """In float64, with a rate for each step, soft labels, mini-batches and items that decode into four examples."""
    task, steps, soft = digits(), 4, normal(3, 10, seed=4).softmax(1).double()
    network = double(task.network("convnet:width=4,depth=1", Rng(0)))
    items = task.train.batch.inputs[:3].double()
    condensed = SyntheticSet(MultiFormation(items, 2), Soft(soft), torch.arange(3), Contract("quick"), torch.ones(4))
    condensed = condensed.double()
    loop = InnerLoop(steps, batch=5, rule=rule, augment=True, curvature=curvature)
    goal = normal(len(network.flat()), seed=5).double()
    learnt = [condensed.codec.data, condensed.labels.values, condensed.log_rates]
    ours = loop.train(network, condensed, task, Rng(0))

    batch, plan = condensed.decode(), loop._plan(12, Rng(0))
    state = rule.begin(network.flat().requires_grad_())
    for step, rate in enumerate(condensed.rates()):
        part = batch.select(plan[step])
        record = task.augmentation.draw(len(part), Rng(0).child("augment", step))
        theta = state[0] if curvature else state[0].detach().requires_grad_()
        images = task.augmentation.apply(record, part.inputs)
        loss = F.cross_entropy(network(images, network.unflatten(theta)).logits, part.targets)
        state = rule.advance(state, torch.autograd.grad(loss, theta, create_graph=True)[0], rate, step)
    close(ours, state[0], 1e-12)
    expected = torch.autograd.grad(state[0].dot(goal), learnt)
    for found, want in zip(torch.autograd.grad(ours.dot(goal), learnt), expected, strict=True):
        close(found, want, 1e-10)


def test_running_statistics_are_neither_read_nor_changed() -> None:
    task = digits()
    network = task.network("convnet:width=4,depth=1,norm=batch", Rng(0))
    before = {name: buffer.clone() for name, buffer in network.buffers.items()}
    condensed = set_of(task.train.batch.inputs[:4], task.train.batch.targets[:4], torch.tensor([0.1]))
    InnerLoop(2).train(network, condensed, task, Rng(0)).sum().backward()
    assert condensed.codec.data.grad.abs().max() > 0
    assert all(torch.equal(network.buffers[name], buffer) for name, buffer in before.items())


@pytest.mark.parametrize("curvature", [True, False])
def test_bfloat16_hardly_turns_the_gradient(curvature: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inner_loop, "repays", lambda *_: True)
    monkeypatch.setattr(inner_loop, "compiled_derivatives", compiled_derivatives.__wrapped__)
    monkeypatch.setattr(derivatives, "fast", lambda function: function)
    task = digits()
    images, labels = task.train.batch.inputs[:6], task.train.batch.targets[:6]
    network, loop = task.network("convnet:width=8,depth=2", Rng(0)), InnerLoop(10, augment=True, curvature=curvature)
    found, precisions = [], ("float32", "bfloat16")
    for precision in precisions:
        condensed = set_of(images, labels, torch.tensor([0.1]))
        loop.train(network, condensed, task, Rng(0), Execution(precision=precision)).square().sum().backward()
        found.append(condensed.codec.data.grad.flatten())
    assert found[0].dtype == found[1].dtype == torch.float32 and not torch.equal(*found)
    assert F.cosine_similarity(*found, dim=0) > 0.996
    assert found[1].norm() / found[0].norm() == pytest.approx(1, abs=0.02)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="compiling needs a C++ compiler: install g++")
@pytest.mark.parametrize("curvature", [True, False])
def test_compiled_gradients_are_the_plain_ones_and_networks_share_them(curvature: bool) -> None:
    task = digits()
    images, labels = task.train.batch.inputs[:6].double(), task.train.batch.targets[:6]
    loop = InnerLoop(3, batch=4, augment=True, curvature=curvature)
    compiled_derivatives.cache_clear()
    for seed in (0, 1):
        network = double(task.network("convnet:width=8,depth=2", Rng(seed)))
        found = []
        for execution in (Execution(), Execution(precision="float32", times=10**9)):
            condensed = set_of(images, labels, torch.tensor([0.1]))
            loop.train(network, condensed, task, Rng(0), execution).square().sum().backward()
            found.append([condensed.codec.data.grad, condensed.log_rates.grad])
        for plain, fast in zip(*found, strict=True):
            close(fast, plain, 1e-10)
    assert compiled_derivatives.cache_info().currsize == 1
