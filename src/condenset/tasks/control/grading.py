"""How a policy is scored: rolled out in its environment."""

from __future__ import annotations

from typing import cast

from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.tasks.control.environment import Environment
from condenset.tasks.targets.action import Action
from condenset.tasks.targets.target import Target
from condenset.tasks.task import Model


def by_episodes(environment: Environment, model: Model, batch: Batch, target: Target, rng: Rng) -> dict[str, float]:
    """What a model, taking its likeliest action, earns in the episodes of a batch, and how often it does in a state of
    the batch what the expert did.

    Args: batch, whose inputs are "states" (n, features) as networks see them, and "seeds" (n,) of episodes.
    """
    chosen, device = batch.examples(), batch.weight.device

    def policy(states: Tensor) -> Tensor:
        return model(states[0].to(device)).argmax(1)[None].cpu()

    returns = environment.returns(policy, 1, batch.inputs["seeds"].unique().tolist())[0]
    agreement = target.grades(model(batch.inputs["states"][chosen]), batch.targets[chosen])
    return cast(Action, target).earned(returns) | agreement
