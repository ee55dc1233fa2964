"""A frozen adjacency decodes to the graph that the generator made, and stores less than a wide generator."""

from __future__ import annotations

import pytest
import torch

from condenset.codecs.graph_generator import GraphGenerator
from condenset.codecs.graph_nodes import GraphNodes
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.finishes.freeze_adjacency import freeze_adjacency
from condenset.labels.soft import Soft
from condenset.synthetic import Contract, SyntheticSet
from tests.examples import normal, set_of
from tests.tasks.graph import example


def generated() -> SyntheticSet:
    labels = Soft(normal(4, 2, seed=2))
    contract = Contract(exam="gcond2022", notes={"kept": True})
    rates = torch.tensor([0.1, 0.3])
    return SyntheticSet(GraphGenerator(normal(4, 4), seed=1), labels, torch.tensor([0, 0, 1, 1]), contract, rates)


def test_the_decoded_graph_stays_the_same() -> None:
    before = generated()
    after = freeze_adjacency(example.task(), before, Rng(0))
    assert isinstance(after.codec, GraphNodes)
    a, b = before.decode(), after.decode()
    torch.testing.assert_close(b.inputs.propagation, a.inputs.propagation, rtol=1e-6, atol=1e-7)
    assert torch.equal(b.inputs.features, a.inputs.features)
    assert torch.equal(b.targets, a.targets)
    assert torch.equal(b.groups, a.groups)
    torch.testing.assert_close(after.rates(), before.rates())
    assert after.contract == before.contract


def test_edges_are_stored_instead_of_the_generator() -> None:
    before = generated()
    after = freeze_adjacency(example.task(), before, Rng(0))
    assert after.nbytes().data == 4 * (4 * 4 + 4 * 4) < before.nbytes().data
    with torch.no_grad():
        before.codec.features += 1
    assert not torch.equal(after.codec.features, before.codec.features)


def test_other_codecs_are_refused() -> None:
    with pytest.raises(RequestError, match="Raw generates no adjacency"):
        freeze_adjacency(example.task(), set_of(normal(2, 4), torch.arange(2)), Rng(0))
