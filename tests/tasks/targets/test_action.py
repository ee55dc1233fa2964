"""Actions: classes that are graded by what they earn."""

from __future__ import annotations

import math

import torch

from condenset.core.metric import Metric
from condenset.tasks.targets.action import Action
from condenset.tasks.targets.classification import Classification
from condenset.tasks.targets.target import Target
from tests.examples import normal

POLE = Action(("left", "right"), goal=500.0, least=0.0, most=500.0)


def test_metrics_are_bounded_by_the_environment_and_the_return_ranks() -> None:
    assert isinstance(POLE, Target)
    assert POLE.metrics[0] == Metric("return", True, "return", (0.0, 500.0))
    assert [metric.name for metric in POLE.metrics] == ["return", "solved", "agreement"]
    assert POLE.metrics[0].within(512.3) == 500
    assert Action(("a", "b")).metrics[0].bounds == (-math.inf, math.inf)
    assert [metric.name for metric in Action(("a", "b")).metrics] == ["return", "agreement"]


def test_its_mathematics_is_that_of_classes() -> None:
    scores, labels = normal(6, 2), torch.arange(6) % 2
    assert torch.equal(POLE.loss(scores, labels), Classification(POLE.classes).loss(scores, labels))
    assert POLE.offers == {"classes"} and POLE.output_spec.size == 2


def test_what_is_earned_and_agreed() -> None:
    assert POLE.earned(torch.tensor([500.0, 499.0, 500.0, 1.0])) == {"return": 375.0, "solved": 0.5}
    assert Action(("a", "b")).earned(torch.tensor([1.0, 2.0])) == {"return": 1.5}
    scores, right = torch.tensor([[2.0, 1.0], [0.0, 1.0], [3.0, 4.0]]), torch.tensor([0, 1, 0])
    assert POLE.grades(scores, right) == {"agreement": 2 / 3}
    assert set(POLE.grades(scores, right)) | set(POLE.earned(torch.ones(1))) == {m.name for m in POLE.metrics}


def test_it_is_described() -> None:
    assert POLE.describe() == "2 actions: left, right; an episode earns 0 to 500"
    assert Action(("a", "b")).describe() == "2 actions: a, b"
    assert POLE.content() == "of the actions left, right"
