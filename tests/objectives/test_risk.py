"""Risk: descent on the set against torch.optim, kernel ridge regression against NumPy and KIP's released numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from condenset.core.batch import Batch
from condenset.core.execution import Execution
from condenset.core.groups import ByBin
from condenset.core.rng import Rng
from condenset.kernels.kernel import named_kernel
from condenset.objectives.feature_ridge import FeatureRidge
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.risk import KernelRidge, Risk, Solver, Unrolled, label_margin
from condenset.sources.pool import Pool
from condenset.sources.real_sides import RealSides
from condenset.sources.source import Draw, Setting
from condenset.synthetic import SyntheticSet
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.targets.regression import Regression
from condenset.tasks.task import Task
from tests.conftest import close, golden
from tests.examples import blobs, double, line, normal, set_of, task_of
from tests.networks import drawn

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
TASK = task_of(normal(6, 4, seed=1).double(), LABELS, 3, "tabular")
NETWORK = double(drawn("mlp:width=5,depth=1", (4,), 3, Rng(0)))


def test_unrolled_is_the_loss_after_torchs_descent_and_its_gradient() -> None:
    inputs, labels = normal(3, 4).double(), torch.arange(3)
    condensed = set_of(inputs, labels, torch.tensor([0.5]))
    found = Risk(Unrolled(InnerLoop(4)), examples=6).begin(TASK).terms(condensed, Draw(NETWORK), Rng(0))["risk"]
    module = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)).double()
    module.load_state_dict(dict(zip(module.state_dict(), NETWORK.parameters.values(), strict=True)))
    leaf, values = inputs.clone().requires_grad_(), dict(module.named_parameters())
    for _ in range(4):
        loss = F.cross_entropy(torch.func.functional_call(module, values, (leaf,)), labels)
        steps = torch.autograd.grad(loss, list(values.values()), create_graph=True)
        values = {k: v - 0.5 * g for (k, v), g in zip(values.items(), steps, strict=True)}
    real = TASK.train.batch.inputs
    expected = F.cross_entropy(torch.func.functional_call(module, values, (real,)), LABELS)
    close(found, expected, 1e-6)
    (mine,) = torch.autograd.grad(found, condensed.codec.data)
    close(mine, torch.autograd.grad(expected, leaf)[0], 1e-6)


def test_a_rate_of_nearly_nothing_gives_the_loss_of_the_drawn_network() -> None:
    condensed = set_of(normal(3, 4).double(), torch.arange(3), torch.tensor([1e-12]))
    found = Unrolled(InnerLoop(2)).loss(condensed, TASK.train.all(), Draw(NETWORK), TASK, Rng(0))
    close(found, F.cross_entropy(NETWORK(TASK.train.batch.inputs).logits, LABELS), 1e-9)


@pytest.mark.parametrize("soft", [False, True])
def test_kernel_ridge_is_the_closed_form_of_numpy(soft: bool) -> None:
    inputs = normal(5, 4, seed=2).double()
    labels = normal(5, 3, seed=3).double() if soft else torch.tensor([0, 1, 2, 0, 1])
    weight = torch.tensor([1.0, 0.0, 2.0, 1.0, 1.0, 0.5])
    real = replace(TASK.train.all(), weight=weight)
    solver = KernelRidge("ntk", regulariser=0.02)
    found = solver.loss(set_of(inputs, labels), real, Draw(NETWORK), TASK, Rng(0))
    kernel = named_kernel("ntk")
    k_ss = kernel(inputs, inputs).numpy()
    k_ts = kernel(real.inputs, inputs).numpy()
    rows = (labels if soft else F.one_hot(labels, 3)).double().numpy() - 1 / 3
    predicted = k_ts @ np.linalg.solve(k_ss + 0.02 * np.trace(k_ss) / 5 * np.eye(5), rows)
    error = ((predicted - (np.eye(3)[LABELS.numpy()] - 1 / 3)) ** 2).mean(1)
    close(found, torch.tensor(0.5 * np.average(error, weights=weight.numpy())), 1e-6)


def test_kernel_ridge_of_a_number() -> None:
    inputs, values = normal(4, 3).double(), normal(4, 1, seed=5).double()
    target = Regression("y", 3.0, 2.0)
    batch = Batch(inputs, values, ByBin((0.0,)).of(values), torch.ones(4))
    task = replace(TASK, target=target, train=InMemoryView(batch, 2))
    condensed = set_of(inputs, values)
    assert KernelRidge("ntk", 1e-9).loss(condensed, batch, Draw(NETWORK), task, Rng(0)) < 1e-12
    mean = KernelRidge("ntk", 1e9).loss(condensed, batch, Draw(NETWORK), task, Rng(0))
    close(mean, 0.5 * values.square().mean(), 1e-6)


@pytest.mark.parametrize("regulariser", ["1e-06", "0.01"])
@pytest.mark.parametrize(("name", "kernel"), [("fc1", "ntk"), ("fc3", "ntk:depth=3")])
def test_golden_kip(name: str, kernel: str, regulariser: str) -> None:
    """KIP's targets are one-hot less 1/classes; ours are centred by the objective, so 1/classes is added first."""
    arrays = golden("images/kip_krr")
    support = arrays["x_support"].permute(0, 3, 1, 2).contiguous()
    target = arrays["x_target"].permute(0, 3, 1, 2).contiguous()
    labels = arrays["y_target"].argmax(1)
    close(F.one_hot(labels, 3) - 1 / 3, arrays["y_target"], 1e-7)
    task = task_of(target, labels, 3)
    condensed = set_of(support, arrays["y_support"])
    condensed.codec.data.data = support
    condensed.labels.values.data = arrays["y_support"] + 1 / 3
    objective = Risk(KernelRidge(kernel, float(regulariser)), examples=99).begin(task)
    found = objective.terms(condensed, Draw(NETWORK), Rng(0))["risk"]
    close(found, arrays[f"{name}.reg{regulariser}.loss"], 1e-6)
    by_images, by_labels = torch.autograd.grad(found, [condensed.codec.data, condensed.labels.values])
    close(by_images.permute(0, 2, 3, 1), arrays[f"{name}.reg{regulariser}.grad_x"], 1e-5)
    close(by_labels, arrays[f"{name}.reg{regulariser}.grad_y"], 1e-5)


def test_every_step_sees_other_real_examples() -> None:
    seen: list[Batch] = []

    class Spy:
        second_order = False

        def loss(
            self, synthetic: object, real: Batch, draw: Draw, task: object, rng: Rng, execution: object
        ) -> torch.Tensor:
            seen.append(real)
            return torch.zeros(())

    assert isinstance(Spy(), Solver)
    running = Risk(Spy(), examples=12).begin(blobs())
    condensed = set_of(normal(3, 5), torch.arange(3))
    for step in (0, 1, 1):
        running.terms(condensed, Draw(NETWORK), Rng(0).child("step", step))
    assert [len(real) for real in seen] == [12, 12, 12]
    assert not torch.equal(seen[0].inputs, seen[1].inputs)
    assert torch.equal(seen[1].inputs, seen[2].inputs)


@dataclass(frozen=True)
class CountedFeatures:
    """Ridge regression on features that remembers how often the network read real examples."""

    read: list[int] = field(default_factory=list)
    second_order: ClassVar[bool] = False

    def features(self, real: Batch, draw: Draw) -> Batch:
        self.read.append(len(real))
        return FeatureRidge().features(real, draw)

    def loss(
        self, synthetic: SyntheticSet, real: Batch, draw: Draw, task: Task, rng: Rng, execution: Execution
    ) -> torch.Tensor:
        return FeatureRidge().loss(synthetic, real, draw, task, rng)


def test_kept_features_give_the_terms_of_a_run_that_keeps_none() -> None:
    """As they are by a run that resumes at a later step, and where memory holds a single member of a pool."""
    setting = Setting(blobs(), "mlp:width=4,depth=1", Rng(5))
    pool, one = Pool(size=4, renew_every=3), Execution(memory=0)
    wide, small = pool.begin(setting), pool.begin(replace(setting, execution=one))
    condensed = set_of(normal(3, 5), torch.arange(3))
    objective = Risk(FeatureRidge(), examples=12)
    kept = objective.begin(blobs())
    for step in range(20):
        draw, rng = wide.draw(step), Rng(0).child("step", step)
        found = kept.terms(condensed, draw, rng)["risk"]
        assert torch.equal(objective.begin(blobs()).terms(condensed, draw, rng)["risk"], found)
        assert torch.equal(kept.terms(condensed, small.draw(step), rng)["risk"], found)


@pytest.mark.parametrize(("sides", "times"), [(RealSides(3), 1), (None, 4)])
def test_a_network_that_comes_again_reads_real_examples_once(sides: RealSides | None, times: int) -> None:
    solver = CountedFeatures()
    running = Risk(solver, examples=12).begin(blobs())
    condensed = set_of(normal(3, 5), torch.arange(3))
    draw = Draw(blobs().network("mlp:width=4,depth=1", Rng(0)), real_sides=sides)
    risks = [running.terms(condensed, draw, Rng(0).child("step", step))["risk"].item() for step in range(4)]
    assert solver.read == [12] * times
    assert len(set(risks)) == times


def test_the_margin_counts_up_to_one_over_classes_and_a_number_has_none() -> None:
    rows = torch.tensor([[1.0, 0.9, 0.0, 0.0], [2.0, 0.0, 0.0, 0.0]])
    torch.testing.assert_close(label_margin(rows), torch.tensor(-(0.1 + 0.25) / 2))
    risk = Risk(KernelRidge(), examples=10, margin=True).begin(line())
    batch = line().train.sample(1, Rng(0))
    terms = risk.terms(set_of(batch.inputs, batch.targets), Draw(line().network("mlp:width=4", Rng(0))), Rng(0))
    assert set(terms) == {"risk"}
