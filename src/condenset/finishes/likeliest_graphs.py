"""The likeliest graphs of learnt distributions, as graphs are stored: legal tags, and edges that are there or not."""

from __future__ import annotations

from condenset.codecs.bernoulli_graphs import BernoulliGraphs
from condenset.codecs.whole_graphs import WholeGraphs
from condenset.core.rng import Rng
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


def likeliest_graphs(task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
    """The same labels on graphs that cost what real ones cost. Raises `RequestError` for another codec."""
    lacking = "stores no probabilities of edges: this finish needs bernoulli-graphs"
    codec = BernoulliGraphs.expected(synthetic.codec, lacking)
    return synthetic.replaced(codec=WholeGraphs.encode(codec.likeliest(), task).to(task.device))


FINISH = likeliest_graphs
