"""Store the adjacency that a generator makes, instead of the generator: a small matrix for a large network."""

from __future__ import annotations

from condenset.codecs.graph_generator import GraphGenerator
from condenset.codecs.graph_nodes import GraphNodes
from condenset.core.rng import Rng
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


def freeze_adjacency(task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
    """The same nodes and edges, stored as features (nodes, features) and adjacency (nodes, nodes).

    Raises `RequestError` for another codec.
    """
    generator = GraphGenerator.expected(synthetic.codec, "generates no adjacency: this finish needs graph-generator")
    return synthetic.replaced(codec=GraphNodes(generator.features, generator.adjacency()))


FINISH = freeze_adjacency
