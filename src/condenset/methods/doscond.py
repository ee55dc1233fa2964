"""DosCond: match class gradients of fresh graph networks in one step; edges are Bernoulli numbers, and so are tags.

Differences from the paper: sets begin at the graphs nearest to cluster centres, with as many nodes as these (the
paper: random ones, filled up to the mean size); tags of nodes are drawn as the edges are, so that what is stored in the
end are legal graphs at the price of real ones (the paper: any numbers); networks of a quarter of the width come from a
rolling pool with cached real sides; there is no penalty on the number of edges; the rate falls all along (the paper: to
a tenth, once).
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.finishes.likeliest_graphs import likeliest_graphs
from condenset.kernels.distance import relative_error
from condenset.objectives.sampled import Sampled
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.class_gradient import ClassGradient
from condenset.sources.pool import Pool
from condenset.starts.medoids import medoids
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A pool of twenty networks that is renewed all along."""
    return Recipe(
        start=medoids,
        codec="bernoulli-graphs",
        objective=Sampled(SignalMatching(ClassGradient(), relative_error, per_group=256), cold=0.1),
        source=Pool(size=20, renew_every=5, siamese=False),
        network="graph-gcn:width=32",
        optimisers={
            "data": Optimiser("adam", rate=0.1, final=0.1),
            "adjacency": Optimiser("adam", rate=0.1, final=0.1),
        },
        steps=200,
        finish=(likeliest_graphs,),
        contract=Contract(exam=task.modality.exam),
    )


METHOD = Method(
    family="gradient",
    title="Condensing Graphs via One-Step Gradient Matching",
    venue="KDD",
    year=2022,
    arxiv="2206.07746",
    needs=("graphs", "classes"),
    recipe=recipe,
    published_steps=1000,
)
