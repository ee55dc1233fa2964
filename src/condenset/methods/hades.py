"""HaDES: evolve pairs of state and action until policies that are taught by them earn much in the environment.

No gradient of a return is needed. Differences from the paper's code for discrete actions: pairs begin as steps of a
log that an expert made instead of as zeros; OpenES, which the code takes for continuous actions, in place of SNES,
and with returns as ranks; a population of 32 instead of 2048, and 100 generations instead of 2000; each member plays
4 whole episodes instead of parts of 8; sigma is 0.2 where states have variance 1; Adam at 0.2, falling to a tenth,
has a beta1 of 0.9 instead of 0.99; policies are perceptrons of 32 units in two layers, taught by 30 steps of Adam at
0.02. As there, a new policy is drawn in every generation, and all members share it and the episodes; actions stay as
they are. The paper has no environment of classic control, so none of its numbers is of the same task.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.objectives.evolution import Evolution
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.pool import Pool
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A generation is a step, with a fresh narrow policy each."""
    return Recipe(
        start=random,
        objective=Evolution(),
        source=Pool(siamese=False),
        network=task.narrow(),
        optimisers={"data": Optimiser("adam", rate=0.2, final=0.1)},
        steps=100,
        contract=Contract(exam=task.modality.exam),
    )


METHOD = Method(
    family="bilevel",
    title="Behaviour Distillation",
    venue="ICLR",
    year=2024,
    arxiv="2406.15042",
    needs=("environment", "independent", "differentiable"),
    recipe=recipe,
    published_steps=2000,
)
