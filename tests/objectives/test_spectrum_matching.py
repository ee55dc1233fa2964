"""Spectrum matching: a set that is the graph has no distance, and only a set with a spectrum has one."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from condenset.codecs.graph_nodes import GraphNodes
from condenset.codecs.graph_spectrum import GraphSpectrum
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.kernels.spectrum import extreme_eigenpairs
from condenset.labels.hard import Hard
from condenset.objectives.spectrum_matching import SpectrumMatching
from condenset.sources.pool import Pool
from condenset.sources.source import Setting
from condenset.synthetic import Contract, SyntheticSet
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.task import Task
from tests.tasks.graph.example import communities


def labelled() -> Task:
    """Communities whose nodes are all for training."""
    task = communities()
    batch = replace(task.train.batch, weight=torch.ones(len(task.train.batch)))
    return replace(task, train=InMemoryView(batch, 4))


def terms(codec: GraphSpectrum | GraphNodes, task: Task) -> dict[str, float]:
    """Of a set with the labels of all nodes."""
    groups = task.train.batch.groups[: len(codec.features)]
    made = SyntheticSet(codec, Hard(groups), groups, Contract(exam="graph"))
    draw = Pool(siamese=False).begin(Setting(task, "sgc", Rng(0))).draw(0)
    return {name: term.item() for name, term in SpectrumMatching().begin(task).terms(made, draw, Rng(0)).items()}


def test_the_graph_itself_has_no_distance() -> None:
    task = labelled()
    graph = task.train.batch.inputs
    values, vectors = extreme_eigenpairs(graph.propagation, 6, 0.8)
    same = terms(GraphSpectrum(graph.features, vectors, values), task)
    assert same["basis"] < 1e-9 and same["orthogonal"] < 1e-9
    other = terms(GraphSpectrum(graph.features.flip(0), 1.2 * vectors, values), task)
    assert other["basis"] > 1e-4 and other["orthogonal"] > 1e-3
    assert same["classes"] < other["classes"]


def test_a_set_without_a_spectrum_is_refused() -> None:
    task = labelled()
    with pytest.raises(RequestError, match="GraphNodes stores no eigenvectors"):
        terms(GraphNodes(task.train.batch.inputs.features), task)
