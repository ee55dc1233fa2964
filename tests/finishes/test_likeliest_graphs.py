"""Learnt distributions become graphs that cost what real ones cost."""

from __future__ import annotations

import pytest
import torch

import condenset
from condenset.codecs.whole_graphs import WholeGraphs
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.finishes.likeliest_graphs import likeliest_graphs
from tests.core.test_graphs import dense
from tests.examples import blobs, set_of
from tests.tasks.graphs import example

TASK = example.task()


def test_a_finished_set_holds_legal_graphs_at_the_price_of_real_ones() -> None:
    made = condenset.distill(TASK, "doscond", size=Size(per_class=3), changes={"steps": 8, "source.size": 4})
    graphs = made.decode().inputs
    assert isinstance(made.codec, WholeGraphs)
    assert bool((graphs.features.sum(1) == 1).all()) and set(graphs.weights.tolist()) == {1.0}
    assert all(torch.equal(matrix, matrix.T) for _, matrix in dense(graphs))
    assert made.nbytes().total < 1.5 * 6 * (TASK.input_spec.native + 1)


def test_a_set_of_other_things_is_refused() -> None:
    task = blobs()
    some = task.train.sample(1, Rng(0))
    with pytest.raises(RequestError, match="needs bernoulli-graphs"):
        likeliest_graphs(task, set_of(some.inputs, some.targets), Rng(0))
