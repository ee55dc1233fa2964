"""Every objective gives named scalars that pull the set."""

from __future__ import annotations

import pytest
import torch

from condenset.core.rng import Rng
from condenset.kernels.distance import squared_error
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.objective import Comparable, Objective
from condenset.objectives.risk import KernelRidge, Risk, Unrolled
from condenset.objectives.signal_matching import SignalMatching
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.signals.mean_embedding import MeanEmbedding
from condenset.sources.source import Draw
from tests.examples import blobs, normal, set_of

OBJECTIVES = [
    SignalMatching(MeanEmbedding(), squared_error),
    Risk(Unrolled(InnerLoop(2)), examples=15),
    Risk(KernelRidge(), examples=15),
    TrajectoryMatching(InnerLoop(2)),
]


@pytest.mark.parametrize("objective", OBJECTIVES, ids=["signal", "unrolled", "kernel", "trajectory"])
def test_a_small_step_against_the_gradient_lowers_the_objective(objective: Objective) -> None:
    task = blobs()
    network = task.network("mlp:width=4,depth=1", Rng(0))
    draw = Draw(network, goal=network.flat() + 0.01 * normal(len(network.flat()), seed=1))
    condensed = set_of(normal(3, 5), torch.arange(3), torch.tensor([0.05]))
    running = objective.begin(task)
    before = sum(running.terms(condensed, draw, Rng(1)).values())
    assert isinstance(before, torch.Tensor)
    assert before.shape == ()
    (gradient,) = torch.autograd.grad(before, condensed.codec.data)
    with torch.no_grad():
        condensed.codec.data -= 1e-3 * gradient / gradient.norm()
    after = sum(running.terms(condensed, draw, Rng(1)).values())
    assert after < before
    assert isinstance(objective, Objective)


@pytest.mark.parametrize("objective", OBJECTIVES, ids=["signal", "unrolled", "kernel", "trajectory"])
def test_what_is_judged_is_a_number_of_its_terms(objective: Objective) -> None:
    assert isinstance(objective, Comparable)
    task = blobs()
    network = task.network("mlp:width=4,depth=1", Rng(0))
    draw = Draw(network, goal=network.flat() + 0.01 * normal(len(network.flat()), seed=1))
    terms = objective.begin(task).terms(set_of(normal(3, 5), torch.arange(3), torch.tensor([0.05])), draw, Rng(1))
    assert objective.judged({name: term.item() for name, term in terms.items()}) > 0
