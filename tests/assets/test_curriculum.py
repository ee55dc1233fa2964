"""Which examples an epoch uses, and that difficulty is the length of the error."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.assets.curriculum import Curriculum, difficulty, neighbour_entropy
from condenset.assets.pseudo_labels import pseudo_labels
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.learners.sgd import predictor
from condenset.tasks.graph.loading import graph_from_data
from tests.conftest import close
from tests.examples import blobs, line, normal
from tests.tasks.graph.example import EACH, arrays, data
from tests.tasks.graph.example import task as ring


@pytest.mark.parametrize(
    ("epoch", "begin", "end"), [(0, 0, 0.75), (10, 0, 0.875), (20, 0, 1), (39, 0, 1), (40, 0.1, 1), (60, 0.2, 1)]
)
def test_the_papers_schedule(epoch: int, begin: float, end: float) -> None:
    assert Curriculum().span(epoch) == pytest.approx((begin, end))


def test_an_epoch_uses_the_span_in_the_examples_order() -> None:
    errors = torch.tensor([0.5, 0.1, 0.9, 0.3, 0.7, 0.2, 0.8, 0.4])
    curriculum = Curriculum(easiest=0.5, whole_from=1, left_out=((2, 0.25),))
    assert curriculum.chosen(errors, 0).tolist() == [1, 3, 5, 7]
    assert curriculum.chosen(errors, 1).tolist() == list(range(8))
    assert curriculum.chosen(errors, 2).tolist() == [0, 2, 3, 4, 6, 7]


def test_difficulty_is_the_length_of_the_error() -> None:
    task = blobs()
    judge, batch = predictor(task.network("mlp:width=4,depth=1", Rng(0))), task.train.all()
    logits = judge(batch.inputs).double().numpy()
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    shares[np.arange(len(shares)), batch.targets.numpy()] -= 1
    close(difficulty(judge, batch, task), torch.from_numpy(np.sqrt((shares**2).sum(1))), 1e-5)


def test_a_number_has_no_class_to_be_wrong_about() -> None:
    task = line()
    with pytest.raises(RequestError, match="this task predicts none"):
        difficulty(lambda inputs: normal(len(inputs), 1), task.train.all(), task)


def test_a_node_is_hard_where_the_classes_around_it_differ() -> None:
    """By the definition, over an adjacency with self-loops, from pseudo-labels."""
    found = ring()
    batch = found.train.all()
    entropies = neighbour_entropy(batch, found, Rng(0)).double().numpy()
    classes = pseudo_labels(batch, found, "spread-ridge", Rng(0)).numpy()
    linked = np.eye(2 * EACH)
    source, target = arrays()["edge_index"]
    linked[source, target] = linked[target, source] = 1
    shares = linked @ np.eye(2)[classes] / linked.sum(1, keepdims=True)
    expected = -np.where(shares > 0, shares * np.log(shares.clip(1e-12)), 0).sum(1)
    np.testing.assert_allclose(entropies, expected, atol=1e-6)
    assert 0 < expected.max() <= np.log(2)


def test_labels_of_other_nodes_make_no_node_hard() -> None:
    labels = torch.from_numpy(arrays()["y"])
    other = labels.where(torch.from_numpy(arrays()["train_mask"]), 1 - labels)
    told, lied = (graph_from_data(data(y=values)) for values in (labels, other))
    each = [neighbour_entropy(task.train.all(), task, Rng(0)) for task in (told, lied)]
    assert torch.equal(*each)


def test_what_has_no_neighbours_is_refused() -> None:
    with pytest.raises(RequestError, match="a curriculum by neighbours"):
        neighbour_entropy(blobs().train.all(), blobs(), Rng(0))
