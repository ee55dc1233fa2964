"""Trajectory matching beside embeddings: both terms by their formulas, and the fixed point."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.objectives.embedded_trajectory import EmbeddedTrajectory
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.sources.source import Draw
from tests.conftest import close
from tests.examples import double, normal, set_of, task_of
from tests.networks import drawn

LABELS = torch.tensor([0, 1, 2, 0])
INPUTS = normal(4, 4).double()
TASK = task_of(INPUTS, LABELS, 3, "tabular")
NETWORK = double(drawn("mlp:width=5,depth=1", (4,), 3, Rng(0)))
INNER = InnerLoop(3)


def terms(goal: torch.Tensor | None, embedding: float = 1.0) -> dict[str, torch.Tensor]:
    condensed = set_of(INPUTS, LABELS, torch.tensor([0.2]))
    return EmbeddedTrajectory(INNER, embedding=embedding).begin(TASK).terms(condensed, Draw(NETWORK, goal=goal), Rng(0))


def test_the_embeddings_are_compared_at_the_students_and_the_experts_parameters() -> None:
    goal = NETWORK.flat() + normal(len(NETWORK.flat())).double()
    condensed = set_of(INPUTS, LABELS, torch.tensor([0.2]))
    end = INNER.train(NETWORK, condensed, TASK, Rng(0)).detach()
    hidden = []
    for point in (end, goal):  # one hidden layer: 5 x 4 weights, 5 biases
        weight, bias = point[:20].view(5, 4).numpy(), point[20:25].numpy()
        hidden.append(np.maximum(INPUTS.numpy() @ weight.T + bias, 0))
    found = terms(goal, embedding=0.5)
    np.testing.assert_allclose(found["embedding"].item(), 0.5 * ((hidden[0] - hidden[1]) ** 2).mean(), 1e-9)
    plain = TrajectoryMatching(INNER).begin(TASK).terms(condensed, Draw(NETWORK, goal=goal), Rng(0))
    close(found["trajectory"], plain["trajectory"], 1e-12)


def test_a_student_that_arrives_has_both_terms_at_zero_and_gradients_reach_the_set() -> None:
    condensed = set_of(INPUTS, LABELS, torch.tensor([0.2]))
    goal = INNER.train(NETWORK, condensed, TASK, Rng(0)).detach()
    assert {name: term.item() for name, term in terms(goal).items()} == {"trajectory": 0, "embedding": 0}
    running = EmbeddedTrajectory(INNER).begin(TASK)
    running.terms(condensed, Draw(NETWORK, goal=goal + 1), Rng(0))["embedding"].backward()
    assert condensed.codec.data.grad.abs().max() > 0


def test_a_source_without_goals_is_refused() -> None:
    with pytest.raises(RequestError, match="source of experts"):
        terms(None)
