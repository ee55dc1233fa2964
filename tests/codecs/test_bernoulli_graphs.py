"""Bernoulli graphs: they begin at graphs, decode to the likeliest, and samples follow the probabilities."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from condenset.codecs.bernoulli_graphs import BernoulliGraphs, concrete, gumbel, logistic
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.graphs import Graphs
from condenset.core.rng import Rng
from tests.conftest import close, golden
from tests.core.test_graphs import dense, same
from tests.examples import blobs
from tests.tasks.graphs import example

TASK = example.task()
SOME = TASK.train.batch.inputs.take(torch.tensor([3, 0, 8]))


def begun(task=TASK, graphs: Graphs = SOME) -> BernoulliGraphs:
    return BernoulliGraphs.encode(graphs, task)


@pytest.mark.parametrize("attributes", [False, True])
def test_it_begins_at_the_graphs_and_decodes_to_them(attributes: bool) -> None:
    task = example.task(attributes=attributes)
    graphs = task.train.batch.inputs.take(torch.tensor([3, 0, 8]))
    codec = begun(task, graphs)
    assert same(dense(codec.likeliest()), dense(graphs))
    assert same(dense(codec()), dense(graphs))
    assert same(dense(codec(torch.tensor([2, 0]))), dense(graphs.take(torch.tensor([2, 0]))))


def test_the_relaxation_is_the_released_one_with_numbers_written_down() -> None:
    """DosCond's on a symmetric matrix of logits: sigmoid((log u - log(1 - u) + logit) / temperature)."""
    found = concrete(torch.tensor([0.5, -1.0, 2.0]), logistic(torch.tensor([0.25, 0.5, 0.9])), 0.25).sigmoid()
    close(found, torch.tensor([0.083597, 0.017986, 1.0]), 1e-5)


def test_golden_relaxation() -> None:
    vectors = golden("modalities/graphs_doscond")
    logits = vectors["in_adj_logits"]
    symmetric = (logits + logits.mT) / 2
    found = concrete(symmetric, logistic(vectors["in_u"]), 1.0).sigmoid()
    close(found - torch.diag_embed(found.diagonal(dim1=1, dim2=2)), vectors["out_relaxed"], 1e-10)


def test_cold_samples_have_edges_and_tags_as_often_as_the_probabilities_say() -> None:
    codec = begun()
    with torch.no_grad():
        codec.logits.fill_(1.0)
        codec.features.copy_(torch.tensor([0.0, 1.0, 2.0]).expand_as(codec.features))
    draws = [codec.sampled(1e-3, Rng(0).child(number))() for number in range(200)]
    edges = torch.cat([draw.weights for draw in draws]).mean()
    tags = torch.cat([draw.features for draw in draws]).mean(0)
    assert abs(edges.item() - 0.7311) < 0.02
    close(tags, torch.tensor([0.0, 1.0, 2.0]).softmax(0), 0.05)
    assert gumbel(torch.tensor([0.5])).item() == pytest.approx(0.36651, abs=1e-4)


def test_an_edge_weighs_the_same_in_both_directions_and_samples_repeat() -> None:
    codec = begun()
    one, again, other = (codec.sampled(0.5, Rng(seed))() for seed in (0, 0, 1))
    assert torch.equal(one.weights, again.weights) and not torch.equal(one.weights, other.weights)
    for _, matrix in dense(one):
        assert torch.equal(matrix, matrix.T) and bool((matrix.diagonal() == 0).all())


def test_gradients_reach_logits_as_through_the_probabilities() -> None:
    codec = begun()
    weights: Tensor = codec().weights
    weights.sum().backward()
    probability = codec.logits.detach().sigmoid()
    there = codec.logits.grad != 0
    close(codec.logits.grad[there], 2 * (probability * (1 - probability))[there], 1e-5)
    assert int(there.sum()) == len(weights) // 2


def test_large_graphs_other_data_and_what_was_altered_are_refused() -> None:
    with pytest.raises(RequestError, match=r"200 nodes are the most: .*choose a coreset"):
        begun(
            graphs=Graphs(torch.ones(300, 3), torch.zeros(2, 0, dtype=torch.int64), torch.ones(0), torch.tensor([300]))
        )
    with pytest.raises(RequestError, match="stores graphs"):
        BernoulliGraphs.encode(torch.zeros(2, 3), blobs())
    codec = begun()
    for change in (
        {"logits": codec.logits[:, :-1]},
        {"nodes": codec.nodes + 9},
        {"features": codec.features[:, :, :1]},
    ):
        with pytest.raises(ArtifactError):
            BernoulliGraphs.restore(codec.fields(), codec.state_dict() | change)
