"""How a policy is scored: rolled out in its environment."""

from __future__ import annotations

from typing import cast

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.outcome import Outcome
from condenset.core.rng import Rng
from condenset.tasks.control.environment import Environment
from condenset.tasks.targets.action import Action
from condenset.tasks.targets.target import Target
from condenset.tasks.task import Model


def by_episodes(environment: Environment, model: Model, batch: Batch, target: Target, rng: Rng) -> Outcome:
    """What a model, taking its likeliest action, earns in the episodes of a batch, and how often it does in their
    states what the expert did.

    Args: batch, whose inputs are "states" (n, features) as networks see them, and "seeds" (n,) of episodes.
    """
    chosen, device = batch.examples(), batch.weight.device

    def policy(states: Tensor) -> Tensor:
        return model(states[0].to(device)).argmax(1)[None].cpu()

    seeds = batch.inputs["seeds"].unique()
    episodes = torch.searchsorted(seeds, batch.inputs["seeds"][chosen].contiguous())
    returns = environment.returns(policy, 1, seeds.tolist())[0]
    predictions, targets = model(batch.inputs["states"][chosen]), batch.targets[chosen]

    def grades(index: Int[Tensor, " chosen"]) -> dict[str, float]:
        states = torch.isin(episodes.cpu(), index)
        agreement = target.grades(predictions[states], targets[states])
        return cast(Action, target).earned(returns[index]) | agreement

    return Outcome(len(seeds), grades)
