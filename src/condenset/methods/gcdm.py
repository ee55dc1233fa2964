"""GCDM: match the classes' mean embeddings under graph networks; the features are learnt, and there are no edges.

Differences from the paper: no adjacency is learnt, the networks are not trained, and all labelled nodes with their
exact neighbourhood are the real side.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.kernels.distance import squared_error
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.mean_embedding import MeanEmbedding
from condenset.sources.pool import Pool
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Adam on the features under a pool of networks that is renewed all along."""
    return Recipe(
        start=random,
        codec="graph-nodes",
        objective=SignalMatching(MeanEmbedding(), squared_error, per_group=256),
        source=Pool(size=20, renew_every=10, siamese=False),
        optimisers={"data": Optimiser("adam", rate=0.1 * task.train.scale(), final=0.05)},
        steps=1000,
        contract=Contract(exam="gcond2022"),
    )


METHOD = Method(
    family="distribution",
    title="Graph Condensation via Receptive Field Distribution Matching",
    venue="arXiv",
    year=2022,
    arxiv="2206.13697",
    needs=("nodes", "classes"),
    recipe=recipe,
)
