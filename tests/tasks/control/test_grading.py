"""Grading on whatever device a model is; an environment reads actions on the CPU."""

from __future__ import annotations

import torch

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.tasks.control.grading import by_episodes
from condenset.tasks.targets.action import Action
from tests.tasks.control.example import BY_HAND, RAW


def test_every_seed_is_played_once_and_rows_without_weight_do_not_count() -> None:
    """A model that falls in every episode is right in one row of two."""
    states, seeds = torch.zeros(3, 4), torch.tensor([5, 5, 9])
    batch = Batch({"states": states, "seeds": seeds}, torch.tensor([0, 1, 1]), seeds, torch.tensor([1.0, 1.0, 0.0]))
    asked = []

    def model(states: torch.Tensor) -> torch.Tensor:
        asked.append(len(states))
        return torch.tensor([[1.0, 0.0]]).expand(len(states), 2)

    outcome = by_episodes(RAW, model, batch, Action(("left", "right"), goal=9.5), Rng(0))
    returns = RAW.returns(lambda s: torch.zeros(s.shape[:2], dtype=torch.int64), 1, [5, 9])[0]
    assert outcome.grades == {
        "return": returns.mean().item(), "solved": (returns >= 9.5).double().mean().item(), "agreement": 0.5,
    }  # fmt: skip
    assert outcome.units == 2, "an episode is what the test data are a sample of"
    assert outcome.of(torch.tensor([0]))["return"] == returns[0]
    assert set(asked) == {2}
    assert BY_HAND(torch.zeros(1, 2, 4)).shape == (1, 2)
