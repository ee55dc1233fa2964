"""DosCond for nodes: GCond in one step, class gradients of a network that is drawn anew for every step.

Differences from the released code: the distance is that of GCond with all labelled nodes and their exact neighbourhood
as the real side, the networks are SGC, and there are 1000 steps at a higher rate (the release: GCN, 5000 on Cora).
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import doscond, gcond
from condenset.recipe import Optimiser, Recipe
from condenset.sources.online import Online
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Both features and adjacency at every step, under networks that are not trained."""
    optimisers = {"data": Optimiser("adam", rate=0.05 * task.train.scale()), "adjacency": Optimiser("adam", rate=1e-3)}
    return replace(gcond.recipe(task, counts), source=Online(siamese=False), optimisers=optimisers, steps=1000)


METHOD = replace(doscond.METHOD, needs=("nodes", "classes"), recipe=recipe, published_steps=5000)
