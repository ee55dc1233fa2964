"""Structures: what is asked of a tensor, of a pytree and of a container; and the refusals."""

from __future__ import annotations

import pytest
import torch

from condenset.core import structure
from condenset.core.batch import Batch, concatenate
from condenset.core.errors import RequestError
from condenset.core.graphs import Graphs
from condenset.core.nodes import Nodes, features_only
from condenset.core.spec import Leaf
from tests.conftest import close
from tests.examples import normal

PADDED = {"ids": torch.arange(12).view(4, 3), "mask": torch.tensor([[True, True, False]] * 4), "values": normal(4, 2)}


def test_a_batch_of_several_tensors_is_chosen_cut_and_joined_alike() -> None:
    labels = torch.arange(4)
    batch = Batch(PADDED, {"first": labels, "second": normal(4, 5)}, labels, torch.ones(4))
    chosen = batch.select(torch.tensor([3, 0, 3]))
    assert chosen.inputs["ids"].tolist() == [[9, 10, 11], [0, 1, 2], [9, 10, 11]]
    assert chosen.targets["first"].tolist() == [3, 0, 3]
    parts = batch.parts(3)
    assert [len(part) for part in parts] == [3, 1]
    again = concatenate(parts)
    assert all(torch.equal(again.inputs[name], part) for name, part in PADDED.items())
    assert batch.nbytes == 12 * 8 + 12 + 8 * 4 + 4 * 8 + 20 * 4 + 4 * 8 + 4 * 4


def test_specs_say_what_examples_are_and_are_held_to_it() -> None:
    spec = structure.spec_of(PADDED)
    assert spec == {"ids": Leaf((3,), "int64"), "mask": Leaf((3,), "bool"), "values": Leaf((2,))}
    structure.expect_fit(PADDED, spec)
    with pytest.raises(RequestError, match=r"examples are \(4, 8\) where \(4, 4\) was expected"):
        structure.expect_fit(normal(3, 4, 8), Leaf((4, 4)))


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_scale_does_not_depend_on_the_threads(threads: int) -> None:
    values, before = normal(3000, 401), torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        found = [structure.scale(values), structure.scale(values + 1e-8), structure.scale({"a": values, "b": values})]
    finally:
        torch.set_num_threads(before)
    assert found == [float(f"{values.double().square().mean().sqrt():.6g}")] * 3


def test_vectors_go_there_and_back() -> None:
    spec = {"a": Leaf((2, 2)), "b": Leaf((3,))}
    tree = {"a": normal(5, 2, 2), "b": normal(5, 3, seed=1)}
    back = structure.of_vectors(structure.vectors(tree), spec)
    assert all(torch.equal(back[name], part) for name, part in tree.items())
    nodes = structure.of_vectors(normal(3, 4), Leaf((4,), meaning="nodes"))
    assert isinstance(nodes, Nodes) and torch.equal(nodes.propagation, torch.eye(3))
    with pytest.raises(RequestError, match="int64 values are no coordinates"):
        structure.vectors(PADDED["ids"])


def test_the_scale_is_that_of_the_numbers_alone() -> None:
    values = normal(100, 3)
    assert structure.scale({"ids": torch.arange(100), "values": values}) == pytest.approx(
        float(values.square().mean().sqrt()), rel=1e-5
    )
    two = {"a": values, "b": 3 * normal(100, 1, seed=1)}
    flat = torch.cat([values, two["b"]], 1)
    assert structure.scale(two) == pytest.approx(flat.square().mean().sqrt().item(), rel=1e-5)
    assert structure.scale(features_only(values)) == structure.scale(values)


def test_nodes_are_read_together() -> None:
    graph = features_only(normal(4, 2))
    assert structure.joint(graph) and structure.joint({"nodes": graph, "more": normal(4, 1)})
    assert not structure.joint(PADDED)
    assert structure.split(graph, 2) == [graph]
    assert [structure.length(part) for part in structure.split(PADDED, 3)] == [3, 1]
    batch = Batch(graph, torch.arange(4), torch.arange(4), torch.ones(4)).select(torch.tensor([1, 1, 2]))
    assert batch.weight.tolist() == [0, 2, 1, 0] and batch.inputs is graph


def test_a_reader_that_does_not_fit_is_named() -> None:
    graph = features_only(normal(3, 2))
    close(structure.as_rows(normal(2, 3, 2), "x"), normal(2, 3, 2).flatten(1), 0)
    for read, inputs, message in (
        (structure.as_rows, graph, "kernel 'k' reads tensors .* got nodes of 3 examples"),
        (structure.as_rows, normal(3), r"got shape \(3,\)"),
        (structure.as_grid, graph, "kernel 'k' reads images .* got nodes of 3"),
        (structure.as_grid, normal(3, 8, 8), r"got shape \(3, 8, 8\)"),
        (Nodes.expected, normal(3, 2), r"kernel 'k' reads nodes, got shape \(3, 2\)"),
    ):
        with pytest.raises(RequestError, match=message):
            read(inputs, "kernel 'k'")


def test_ragged_examples_need_a_mask() -> None:
    ragged = [normal(3, 2), normal(5, 2)]
    with pytest.raises(RequestError, match=r"examples are ragged, of \(3, 2\) to \(5, 2\): pad them with their mask"):
        structure.stack(ragged)
    assert structure.stack([normal(3, 2)] * 2).shape == (2, 3, 2)
    padded = structure.padded(ragged)
    assert padded["values"].shape == (2, 5, 2) and padded["mask"].sum(1).tolist() == [3, 5]
    assert padded["values"][0, 3:].abs().sum() == 0 and torch.equal(padded["values"][1], ragged[1])


def test_what_is_listed_by_example_and_what_can_be_moved() -> None:
    one = Graphs(normal(5, 2), torch.tensor([[0], [1]]), torch.ones(1), torch.tensor([2, 3]))
    assert structure.listed(PADDED) and not structure.listed(one) and not structure.listed(features_only(normal(3, 2)))
    assert structure.differentiable_spec({"a": Leaf((2,)), "b": Leaf((3,), meaning="nodes")})
    assert not structure.differentiable_spec(Leaf((2,), "int64"))
    assert not structure.differentiable_spec(structure.spec_of(one))
