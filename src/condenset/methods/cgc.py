"""CGC: the means of CGC-X with edges between similar ones, and features whose propagation gives the means."""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import cgc_x
from condenset.recipe import Recipe
from condenset.starts.calibrated_clusters import CalibratedClusters
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Edges above a cosine of 0.8, as the release has it for Cora."""
    without = cgc_x.recipe(task, counts)
    return replace(without, start=CalibratedClusters(threshold=0.8), codec="graph-nodes:structure=True")


METHOD = replace(cgc_x.METHOD, recipe=recipe)
