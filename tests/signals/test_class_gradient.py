"""Class gradients against explicit per-class autograd and DC's released numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call

from condenset.core.batch import Batch
from condenset.core.nodes import Nodes, features_only
from condenset.core.rng import Rng
from condenset.learners import derivatives
from condenset.signals import class_gradient
from condenset.signals.class_gradient import ClassGradient
from tests.conftest import close, golden
from tests.examples import batch_of, double, normal, released_convnet, task_of
from tests.networks import drawn
from tests.tasks.graph import example


def test_means_are_the_gradients_of_an_ordinary_network_class_by_class() -> None:
    labels = torch.tensor([1, 0, 1, 2, 1, 0])
    inputs = normal(6, 4, dtype=torch.float64)
    task = task_of(inputs, labels, 3, "tabular")
    network = double(drawn("mlp:width=5,depth=1", (4,), 3, Rng(0)))
    plain = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)).double()
    plain.load_state_dict(dict(zip(plain.state_dict(), network.parameters.values(), strict=True)))
    found = ClassGradient().sums(network, batch_of(inputs, labels), task)
    assert found.counts.tolist() == [2.0, 3.0, 1.0]
    for group in range(3):
        plain.zero_grad()
        F.cross_entropy(plain(inputs[labels == group]), labels[labels == group]).backward()
        for mine, parameter in zip(found.mean(), plain.parameters(), strict=True):
            close(mine[group], parameter.grad, 1e-12)


def test_weights_count_and_a_class_without_examples_is_zero() -> None:
    labels, inputs = torch.tensor([0, 0, 2]), normal(3, 4, dtype=torch.float64)
    task = task_of(normal(3, 4), torch.tensor([0, 1, 2]), 3, "tabular")
    network = double(drawn("mlp:width=5,depth=1", (4,), 3, Rng(0)))
    weighted = ClassGradient().sums(network, batch_of(inputs, labels, torch.tensor([3.0, 1.0, 0.0])), task)
    twice = inputs[[0, 0, 0, 1]]
    repeated = ClassGradient().sums(network, batch_of(twice, torch.zeros(4, dtype=torch.int64)), task)
    assert weighted.counts.tolist() == [4.0, 0.0, 0.0]
    for a, b in zip(weighted.mean(), repeated.mean(), strict=True):
        close(a[0], b[0], 1e-12)
        assert a[1:].abs().sum() == 0


def test_golden_gradients_in_the_released_order() -> None:
    arrays = golden("images/dc_end_to_end")
    network = released_convnet(arrays, "sd.", (3, 16, 16))
    label = int(arrays["label"])
    for side in ("real", "syn"):
        images = arrays[f"x_{side}"]
        batch = batch_of(images, torch.full((len(images),), label))
        task = task_of(images[[0] * 5], torch.arange(5), 5)
        found = ClassGradient().sums(network, batch, task).mean()
        assert len(found) == 10
        for index, gradient in enumerate(found):
            if index in (1, 5):  # normalisation removes the convolutions' biases: their gradients are rounding around 0
                assert max(part.abs().max() for part in (gradient[label], arrays[f"gw_{side}.{index}"])) < 1e-13
            else:
                close(gradient[label], arrays[f"gw_{side}.{index}"], 1e-9)


def test_second_derivatives_flow_where_the_batch_is_learnt_only() -> None:
    inputs, labels = normal(4, 3, dtype=torch.float64), torch.tensor([0, 1, 0, 1])
    task = task_of(inputs, labels, 2, "tabular")
    network = double(drawn("mlp:width=5,depth=1", (3,), 2, Rng(0)))
    assert not ClassGradient().sums(network, batch_of(inputs, labels), task).totals[0].requires_grad

    def squared(values: torch.Tensor) -> torch.Tensor:
        batch = Batch(values, labels, labels, torch.ones(4))
        return torch.stack([t.square().sum() for t in ClassGradient().sums(network, batch, task).totals]).sum()

    assert torch.autograd.gradcheck(squared, (inputs.clone().requires_grad_(),))


def test_soft_labels_receive_gradients() -> None:
    inputs, soft = normal(2, 3), torch.tensor([[0.8, 0.2], [0.3, 0.7]], requires_grad=True)
    task = task_of(inputs, torch.tensor([0, 1]), 2, "tabular")
    network = drawn("mlp:width=5,depth=1", (3,), 2, Rng(0))
    batch = Batch(inputs, soft, torch.tensor([0, 1]), torch.ones(2))
    total = ClassGradient().sums(network, batch, task).totals[-1].square().sum()
    assert torch.autograd.grad(total, soft)[0].abs().min() > 0


def test_a_graphs_gradients_are_those_of_its_labelled_nodes() -> None:
    task = example.task()
    network = task.network("sgc", Rng(0))
    batch = task.train.all()
    assert isinstance(batch.inputs, Nodes)
    spread = batch.inputs.spread(batch.inputs.spread(batch.inputs.features))
    linear = nn.Linear(4, 2)
    linear.load_state_dict({k.removeprefix("linear."): v for k, v in network.parameters.items()})
    found = ClassGradient().sums(network, batch, task)
    for group, nodes in enumerate(([0, 1], [6, 7])):
        linear.zero_grad()
        F.cross_entropy(linear(spread[nodes]), torch.full((2,), group)).backward()
        close(found.mean()[0][group], linear.weight.grad, 1e-5)
        close(found.mean()[1][group], linear.bias.grad, 1e-5)


def test_a_learnt_graph_gives_second_derivatives() -> None:
    task, labels = example.task(), torch.tensor([0, 1, 0])
    features = normal(3, 4).requires_grad_()
    batch = Batch(features_only(features), labels, labels, torch.ones(3))
    total = ClassGradient().sums(task.network("sgc", Rng(0)), batch, task).totals[0].square().sum()
    assert torch.autograd.grad(total, features)[0].abs().min() > 0


@pytest.mark.parametrize(("dimensions", "kept"), [(1, 6), (2, 2), (4, 1)])
def test_parameters_of_fewer_dimensions_are_left_out(dimensions: int, kept: int) -> None:
    images, labels = normal(3, 1, 8, 8), torch.tensor([0, 1, 1])
    task = task_of(images, labels, 2)
    network = drawn("convnet:width=3,depth=1", (1, 8, 8), 2, Rng(0))
    every = ClassGradient().sums(network, batch_of(images, labels), task).totals
    some = ClassGradient(dimensions).sums(network, batch_of(images, labels), task).totals
    assert len(some) == kept
    expected = [t for t in every if t.dim() - 1 >= dimensions]
    for mine, other in zip(some, expected, strict=True):
        close(mine, other, 1e-6)


@pytest.mark.parametrize(("labels", "calls"), [([0, 1, 0, 1, 3, 3], 3), ([0, 0, 1, 3, 3, 3], 0)])
def test_groups_of_one_size_take_the_compiled_way_to_the_same_derivatives(
    labels: list[int], calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the compiler left out: gradients, the second derivatives in images and labels, and how often it is taken."""
    monkeypatch.setattr(derivatives, "fast", lambda function: lambda *given: taken.append(1) or function(*given))
    monkeypatch.setattr(class_gradient, "compiled_derivatives", derivatives.compiled_derivatives.__wrapped__)
    images, groups, soft = normal(6, 1, 8, 8).double(), torch.tensor(labels), normal(6, 4, seed=1).softmax(1).double()
    weight = torch.tensor([1.0, 2.0, 0.5, 1.0, 3.0, 1.0]).double()
    task = task_of(images[:4], torch.arange(4), 4)
    plain = double(task.network("convnet:width=4,depth=1", Rng(0)))
    found = []
    for network in (
        plain,
        replace(plain, forward=lambda values, inputs: functional_call(plain.module, values, inputs)),
    ):
        taken: list[int] = []
        leaves = [images.clone().requires_grad_(), soft.clone().requires_grad_()]
        sums = ClassGradient(dimensions=2).sums(network, Batch(*leaves, groups, weight), task)
        torch.stack([(total * normal(*total.shape).double()).sum() for total in sums.totals]).sum().backward()
        found.append([*sums.totals, *(leaf.grad for leaf in leaves)])
    assert len(taken) == 2 * calls
    for ours, expected in zip(*found, strict=True):
        close(ours, expected, 1e-12)
