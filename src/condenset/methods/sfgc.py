"""SFGC: training on nodes without edges should move a graph network as training on the graph moved an expert.

Differences from the paper: 5 experts of 170 epochs and 50 student steps at a learnt rate (the release: 200 of 2500 and
500 for Cora); the set is chosen among every twentieth (the paper: every one) and by the kernel of GC-SNTK instead of
another one.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.assets.experts import Experts
from condenset.finishes.select import Select
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.recipe import Method, Optimiser, Rates, Recipe
from condenset.sources.expert import Expert, StartRange
from condenset.starts.k_center import k_center
from condenset.synthetic import Contract
from condenset.tasks.task import Task

EXPERTS = Experts(count=5, examples=None, rate=0.4, augment=False)
INNER = InnerLoop(steps=50)


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Long stretches of early epochs, all nodes in every student step."""
    return Recipe(
        start=k_center,
        codec="graph-nodes",
        objective=TrajectoryMatching(INNER),
        source=Expert(EXPERTS, 150, StartRange(end=20)),
        optimisers={
            "data": Optimiser("adam", rate=0.05 * task.train.scale()),
            "rate": Optimiser("adam", rate=0.02),
        },
        rates=Rates(initial=1.2),
        steps=300,
        finish=(Select(),),
        contract=Contract(exam="gcond2022"),
    )


METHOD = Method(
    family="trajectory",
    title="Structure-free Graph Condensation: From Large-scale Graphs to Condensed Graph-free Data",
    venue="NeurIPS",
    year=2023,
    arxiv="2306.02664",
    needs=("nodes", "classes", "differentiable"),
    recipe=recipe,
    published_steps=2000,
)
