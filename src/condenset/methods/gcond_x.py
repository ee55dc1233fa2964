"""GCond-X: match class gradients of a graph network; the features are learnt, and there are no edges."""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.methods import gcond
from condenset.recipe import Recipe
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """GCond's, of which every step is one on the features."""
    whole = gcond.recipe(task, counts)
    data = replace(whole.optimisers["data"], active=None)
    return replace(whole, codec="graph-nodes", optimisers={"data": data}, finish=())


PAPER = replace(
    gcond.PAPER,
    name="gcond-x",
    recipe=recipe,
    reported=(
        Reported("cora", "35 nodes", "gcn", "gcond2022", 0.759, None, "Table 2"),
        Reported("cora", "70 nodes", "gcn", "gcond2022", 0.757, None, "Table 2"),
        Reported("cora", "140 nodes", "gcn", "gcond2022", 0.760, None, "Table 2"),
    ),
)
