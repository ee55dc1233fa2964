"""Graphs in few bytes: packed and unpacked they are the same, at the price that was said; and what does not fit."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.graphs import Graphs
from condenset.core.packed_graphs import mean_bytes, packed, smallest, unpacked
from tests.core.test_graphs import dense, same
from tests.tasks.graphs import example

TAGGED, NUMBERS = (example.task(attributes=attributes).train.batch.inputs for attributes in (False, True))


@pytest.mark.parametrize(("graphs", "tagged"), [(TAGGED, True), (NUMBERS, False)])
def test_packed_and_unpacked_graphs_are_the_same(graphs: Graphs, tagged: bool) -> None:
    some = graphs.take(torch.tensor([5, 0, 5, 7]))
    again = unpacked(packed(some, tagged), graphs.features.shape[1])
    assert same(dense(again), dense(some))


def test_a_ring_of_five_nodes_takes_a_byte_for_each_tag_and_end_of_an_edge() -> None:
    pairs = torch.tensor(example.links(0, 5)).T
    ring = Graphs(torch.eye(5), torch.cat([pairs, pairs.flip(0)], 1), torch.ones(10), torch.tensor([5]))
    assert sum(tensor.nbytes for tensor in packed(ring, tagged=True).values()) == 1 + 1 + 5 + 2 * 5
    assert mean_bytes(ring, tagged=True) == 17
    assert mean_bytes(ring, tagged=False) == 1 + 1 + 5 * 5 * 4 + 2 * 5


@pytest.mark.parametrize(("largest", "kind"), [(255, torch.uint8), (256, torch.int16), (2**15, torch.int32)])
def test_numbers_are_as_small_as_they_can_be(largest: int, kind: torch.dtype) -> None:
    found = smallest(torch.tensor([0, largest]))
    assert found.dtype == kind and found.tolist() == [0, largest]


def test_weighted_and_directed_edges_are_refused() -> None:
    with pytest.raises(RequestError, match="likeliest-graphs"):
        packed(Graphs(TAGGED.features, TAGGED.edges, 0.5 * TAGGED.weights, TAGGED.sizes), tagged=True)
    half = TAGGED.edges[0] < TAGGED.edges[1]
    with pytest.raises(RequestError, match="both directions"):
        packed(Graphs(TAGGED.features, TAGGED.edges[:, half], TAGGED.weights[half], TAGGED.sizes), tagged=True)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("nodes", lambda nodes: nodes + 1, "by their counts"),
        ("links", lambda links: links[:-1], "one of each"),
        ("edges", lambda edges: edges.flip(0), "no edge of two"),
        ("edges", lambda edges: edges.long() + 100, "does not have"),
        ("tags", lambda tags: tags + 3, "tags go from"),
    ],
)
def test_what_does_not_fit_is_refused(name, change, message) -> None:
    stored = packed(TAGGED.take(torch.tensor([0, 1])), tagged=True)
    with pytest.raises(RequestError, match=message):
        unpacked(stored | {name: change(stored[name])}, 3)
