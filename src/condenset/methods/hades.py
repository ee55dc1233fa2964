"""HaDES: evolve pairs of state and action until policies that are taught by them earn much in the environment.

Neither an expert nor a gradient is used, but for the start. Differences from the paper (its code, with discrete actions):
pairs begin as states of an expert's log instead of zeros; OpenES with ranks, as the code has it for continuous actions,
instead of SNES; a population of 32 instead of 2048 and 100 generations instead of 2000; 4 whole episodes per member, from
start to end, instead of 8 of a part of fixed length; sigma 0.2 in units of the log's spread, by which states are
standardised, and Adam at 0.2, falling to a tenth, with a beta1 of 0.9 instead of 0.99; policies are narrow perceptrons of
two layers, taught by 30 steps of Adam at 0.02, and the choice of an action is greedy. As in the paper a new policy is drawn
in every generation, which all its members share with their episodes, and the actions of discrete pairs are fixed. The paper
has no environment of Gymnasium's classic control, so no number of it is of the same task.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.objectives.evolution import Evolution
from condenset.recipe import Optimiser, Paper, Recipe
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


PAPER = Paper(
    name="hades",
    family="bilevel",
    title="Behaviour Distillation",
    venue="ICLR",
    year=2024,
    arxiv="2406.15042",
    needs=("environment", "independent", "differentiable"),
    recipe=recipe,
    published_steps=2000,
)
