"""Trajectory matching: its formula, its two fixed points and the released code's numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.kernels.descent import Descent
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.sources.source import Draw
from tests.conftest import close, golden
from tests.examples import double, normal, set_of, task_of
from tests.networks import drawn

LABELS = torch.tensor([0, 1, 2, 0])
INPUTS = normal(4, 4).double()
TASK = task_of(INPUTS, LABELS, 3, "tabular")
NETWORK = double(drawn("mlp:width=5,depth=1", (4,), 3, Rng(0)))


def term(rate: float, goal: torch.Tensor, inner: InnerLoop) -> float:
    condensed = set_of(INPUTS, LABELS, torch.tensor([rate]))
    running = TrajectoryMatching(inner).begin(TASK)
    return running.terms(condensed, Draw(NETWORK, goal=goal), Rng(0))["trajectory"].item()


def test_the_value_is_the_normalised_squared_distance() -> None:
    inner = InnerLoop(3, batch=2, rule=Descent(0.3))
    goal = NETWORK.flat() + normal(len(NETWORK.flat())).double()
    end = inner.train(NETWORK, set_of(INPUTS, LABELS, torch.tensor([0.2])), TASK, Rng(0)).detach().numpy()
    start, aim = NETWORK.flat().numpy(), goal.numpy()
    np.testing.assert_allclose(term(0.2, goal, inner), ((end - aim) ** 2).sum() / ((start - aim) ** 2).sum(), 1e-9)


def test_a_student_that_stays_scores_one_and_one_that_arrives_scores_zero() -> None:
    inner = InnerLoop(4)
    goal = inner.train(NETWORK, set_of(INPUTS, LABELS, torch.tensor([0.5])), TASK, Rng(0)).detach()
    assert term(1e-12, goal, inner) == pytest.approx(1, abs=1e-9)
    assert term(0.5, goal, inner) == 0
    assert 0 < term(0.25, goal, inner) < 1


def test_parameters_of_the_first_layers_can_be_left_out() -> None:
    inner, goal = InnerLoop(3), NETWORK.flat() + normal(len(NETWORK.flat())).double()
    condensed = set_of(INPUTS, LABELS, torch.tensor([0.2]))
    end = inner.train(NETWORK, condensed, TASK, Rng(0)).detach().numpy()
    skipped = int(0.4 * len(end))
    start, end, aim = (flat[skipped:] for flat in (NETWORK.flat().numpy(), end, goal.numpy()))
    found = TrajectoryMatching(inner, unmatched=0.4).begin(TASK).terms(condensed, Draw(NETWORK, goal=goal), Rng(0))
    np.testing.assert_allclose(found["trajectory"].item(), ((end - aim) ** 2).sum() / ((start - aim) ** 2).sum(), 1e-9)


def test_lengths_can_be_divided_as_they_are() -> None:
    inner, goal = InnerLoop(3), NETWORK.flat() + normal(len(NETWORK.flat())).double()
    condensed = set_of(INPUTS, LABELS, torch.tensor([0.2]))
    found = TrajectoryMatching(inner, squared=False).begin(TASK).terms(condensed, Draw(NETWORK, goal=goal), Rng(0))
    np.testing.assert_allclose(found["trajectory"].item(), term(0.2, goal, inner) ** 0.5, 1e-9)


def test_the_expert_reads_the_set_and_teaches_its_inputs_alone() -> None:
    goal, soft = NETWORK.flat() + normal(len(NETWORK.flat())).double(), normal(4, 3).double().softmax(1)
    condensed = set_of(INPUTS, soft, torch.tensor([0.2]))
    running = TrajectoryMatching(InnerLoop(2), embedding=0.3).begin(TASK)
    found = running.terms(condensed, Draw(NETWORK, goal=goal), Rng(0))
    scores = NETWORK(INPUTS, NETWORK.unflatten(goal)).logits.detach().numpy()
    surprise = np.log(np.exp(scores).sum(1)) - (soft.numpy() * scores).sum(1)
    np.testing.assert_allclose(found["embedding"].item(), 0.3 * surprise.mean(), 1e-6)
    found["embedding"].backward()
    assert bool(condensed.codec.data.grad.abs().max() > 0) and condensed.labels.values.grad is None


@pytest.mark.parametrize(("threshold", "moves"), [(None, True), (1e6, True), (1e-6, False)])
def test_a_distance_above_the_threshold_gives_no_gradient(threshold: float | None, moves: bool) -> None:
    condensed, goal = set_of(INPUTS, LABELS, torch.tensor([0.2])), NETWORK.flat() + 1
    running = TrajectoryMatching(InnerLoop(2), ignored_above=threshold).begin(TASK)
    running.terms(condensed, Draw(NETWORK, goal=goal), Rng(0))["trajectory"].backward()
    assert bool(condensed.codec.data.grad.abs().max() > 0) == moves


@pytest.mark.parametrize(("stage", "seen", "learnt"), [(0, [0, 1, 2], [0, 1, 2]), (1, [0, 1, 2, 3], [3])])
def test_a_stage_learns_its_items_beside_the_earlier_ones(stage: int, seen: list[int], learnt: list[int]) -> None:
    """Of class 0 there are items 0 and 3, of the others one each, which belong to the first stage."""
    goal, soft = NETWORK.flat() + 1, torch.eye(3).double()[LABELS]
    condensed = set_of(INPUTS, soft, torch.tensor([0.2]))
    running = TrajectoryMatching(InnerLoop(2), stages=2).begin(TASK)
    found = running.terms(condensed, Draw(NETWORK, goal=goal, stage=stage), Rng(0))["trajectory"]
    alone = set_of(INPUTS[seen], soft[seen], torch.tensor([0.2]))
    expected = TrajectoryMatching(InnerLoop(2)).begin(TASK).terms(alone, Draw(NETWORK, goal=goal), Rng(0))
    close(found, expected["trajectory"], 1e-12)
    found.backward()
    moved = [tensor.grad.flatten(1).abs().sum(1) > 0 for tensor in (condensed.codec.data, condensed.labels.values)]
    assert moved[1].nonzero().flatten().tolist() == learnt
    assert set(moved[0].nonzero().flatten().tolist()) <= set(learnt)


def test_a_source_without_goals_is_refused() -> None:
    running = TrajectoryMatching(InnerLoop(1)).begin(TASK)
    with pytest.raises(RequestError, match="needs a source of experts"):
        running.terms(set_of(INPUTS, LABELS, torch.tensor([0.1])), Draw(NETWORK), Rng(0))


@pytest.mark.parametrize("steps", [3, 5])
def test_golden_mtt(steps: int) -> None:
    """The released gradient by the rate, through our rate's logarithm; the whole set is every step's batch."""
    arrays = golden("images/mtt_tesla_mlp")
    names = {"hidden.0": "fc_1", "classifier": "fc_2"}
    network = double(drawn("mlp:width=10,depth=1", (3, 8, 8), 4, Rng(0)))
    ends = [
        torch.cat([arrays[f"{side}.{names[k.rpartition('.')[0]]}.{k.rpartition('.')[2]}"].flatten() for k in keys])
        for side, keys in (("start", list(network.parameters)), ("target", list(network.parameters)))
    ]
    network = network.with_parameters(network.unflatten(ends[0]))
    assert torch.equal(network.flat(), arrays["flat_start"])
    task = task_of(arrays["x_syn"], arrays["y_syn"], int(arrays["y_syn"].max()) + 1)
    condensed = set_of(arrays["x_syn"], arrays["y_syn"], arrays["lr"].reshape(1))
    condensed.log_rates.data = arrays["lr"].reshape(1).log()  # not rounded to float32
    running = TrajectoryMatching(InnerLoop(steps, batch=8)).begin(task)
    found = running.terms(condensed, Draw(network, goal=ends[1]), Rng(0))["trajectory"]
    close(found, arrays[f"n{steps}.b8.mtt.loss"], 1e-10)
    by_images, by_log = torch.autograd.grad(found, [condensed.codec.data, condensed.log_rates])
    close(by_images, arrays[f"n{steps}.b8.mtt.grad_x"], 1e-9)
    close(by_log[0] / arrays["lr"], arrays[f"n{steps}.b8.mtt.grad_lr"], 1e-9)
