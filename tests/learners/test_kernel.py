"""Kernel ridge regression as a learner: NumPy's closed form, its default kernel, its gradients."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F

from condenset.core.rng import Rng
from condenset.kernels.kernel import named_kernel
from condenset.learners.kernel import KernelRidgeRegression
from tests.conftest import close, golden
from tests.examples import batch_of, blobs, line, normal, task_of
from tests.tasks.graph import example


def test_predictions_are_the_closed_form_in_float64() -> None:
    labels = torch.tensor([0, 1, 2, 0])
    inputs, query = normal(4, 3), normal(5, 3, seed=1)
    task = task_of(inputs, labels, 3, "tabular")
    model = KernelRidgeRegression("ntk:depth=2", 0.1).fit(batch_of(inputs, labels), task, Rng(0))
    kernel = named_kernel("ntk:depth=2")
    k_ss, k_ts = kernel(inputs.double(), inputs.double()).numpy(), kernel(query.double(), inputs.double()).numpy()
    rows = np.eye(3)[labels.numpy()] - 1 / 3
    expected = k_ts @ np.linalg.inv(k_ss + 0.1 * np.trace(k_ss) / 4 * np.eye(4)) @ rows
    found = model(query)
    assert found.dtype == torch.float64
    close(found, torch.from_numpy(expected), 1e-6)


def test_golden_kip_accuracy() -> None:
    arrays = golden("images/kip_krr")
    support, target = (arrays[f"x_{side}"].permute(0, 3, 1, 2) for side in ("support", "target"))
    labels = arrays["y_target"].argmax(1)
    task = task_of(target, labels, 3)
    train = batch_of(support, torch.zeros(6, dtype=torch.int64))
    train = type(train)(support, arrays["y_support"] + 1 / 3, train.groups, train.weight)
    model = KernelRidgeRegression("ntk", 1e-6).fit(train, task, Rng(0))
    assert task.judged(model, batch_of(target, labels), Rng(0)) == round(float(arrays["fc1.reg1e-06.acc"]) * 12) / 12


def test_the_default_kernel_is_the_modalitys() -> None:
    for task in (blobs(), line(), example.task()):
        train = task.train.all()
        found = [KernelRidgeRegression(name, 0.1).fit(train, task, Rng(0)) for name in (None, task.modality.kernel)]
        assert torch.equal(found[0](train.inputs), found[1](train.inputs))


def test_weakly_regularised_it_interpolates_and_strongly_it_predicts_nothing() -> None:
    labels = torch.tensor([0, 1, 2, 0])
    inputs = normal(4, 3)
    task = task_of(inputs, labels, 3, "tabular")
    weak, strong = (KernelRidgeRegression("ntk", r).fit(batch_of(inputs, labels), task, Rng(0)) for r in (1e-10, 1e8))
    close(weak(inputs), F.one_hot(labels, 3) - 1 / 3, 1e-5)
    assert strong(inputs).abs().max() < 1e-6


def test_it_is_differentiable_in_inputs_and_labels() -> None:
    task = task_of(normal(3, 2), torch.arange(3), 3, "tabular")

    def predicted(inputs: torch.Tensor, soft: torch.Tensor) -> torch.Tensor:
        batch = batch_of(inputs, torch.arange(3))
        batch = type(batch)(inputs, soft, batch.groups, batch.weight)
        return KernelRidgeRegression("ntk", 0.1).fit(batch, task, Rng(0))(normal(2, 2, seed=3).double())

    start = normal(3, 2, seed=1).double().requires_grad_(), normal(3, 3, seed=2).double().requires_grad_()
    assert torch.autograd.gradcheck(predicted, start)


def test_labels_that_a_graph_hides_say_nothing() -> None:
    """They are stored as those of the first class, which half of the test nodes would be put into."""
    task = example.communities()
    train = task.train.all()
    shown = train.weight > 0
    others = replace(train, targets=train.targets.where(shown, 3))
    one, two = (KernelRidgeRegression().fit(batch, task, Rng(0)) for batch in (train, others))
    assert torch.equal(one(train.inputs), two(train.inputs))
    assert task.grade(one, Rng(0))["accuracy"] > 0.6
