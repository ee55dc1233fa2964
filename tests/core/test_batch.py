"""Batches of tensors and graphs: choosing, mapping, moving and joining examples."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from condenset.core.batch import Batch, concatenate, interleaved
from condenset.core.nodes import Nodes, features_only
from condenset.core.rng import Rng

EXAMPLES = 5
choices = st.lists(st.integers(0, EXAMPLES - 1), max_size=12).map(lambda i: torch.tensor(i, dtype=torch.int64))


def of_tensor() -> Batch:
    """Five examples whose inputs, targets, groups and weights tell them apart."""
    index = torch.arange(EXAMPLES)
    return Batch(index[:, None] * torch.ones(1, 2), 10 + index, index % 2, 1.0 + index)


def of_graph() -> Batch:
    return of_tensor().map(lambda inputs: features_only(inputs))


@given(choices)
def test_a_choice_of_tensor_examples_keeps_each_example_together(index: torch.Tensor) -> None:
    chosen = of_tensor().select(index)
    assert len(chosen) == len(index)
    assert chosen.inputs.tolist() == [[float(i)] * 2 for i in index.tolist()]
    assert chosen.targets.tolist() == [10 + i for i in index.tolist()]
    assert chosen.groups.tolist() == [i % 2 for i in index.tolist()]
    assert chosen.weight.tolist() == [1.0 + i for i in index.tolist()]


@given(choices)
def test_a_choice_of_nodes_keeps_the_graph_and_counts_in_the_weights(index: torch.Tensor) -> None:
    batch = of_graph()
    chosen = batch.select(index)
    assert chosen.inputs is batch.inputs
    assert torch.equal(chosen.targets, batch.targets)
    assert chosen.weight.tolist() == [(1.0 + i) * index.tolist().count(i) for i in range(EXAMPLES)]


@given(choices)
def test_a_weighted_sum_is_the_same_for_nodes_and_tensors(index: torch.Tensor) -> None:
    """What every signal adds up: whichever way examples are chosen, a sum over them agrees."""
    nodes, rows = of_graph().select(index), of_tensor().select(index)
    assert (nodes.weight * nodes.targets).sum() == (rows.weight * rows.targets).sum()


def test_a_mean_is_weighted() -> None:
    assert float(of_tensor().mean(torch.arange(5.0))) == pytest.approx(sum(i * (1 + i) for i in range(5)) / 15)


def test_examples_are_those_with_weight() -> None:
    batch = replace(of_tensor(), weight=torch.tensor([0.0, 1.0, 0.0, 0.5, 0.0]))
    assert batch.examples().tolist() == [1, 3]
    assert of_graph().select(torch.tensor([4, 2, 4])).examples().tolist() == [2, 4]


def test_choosing_carries_gradients_to_the_chosen_only() -> None:
    inputs = torch.zeros(EXAMPLES, 2, requires_grad=True)
    replace(of_tensor(), inputs=inputs).select(torch.tensor([1, 1, 3])).inputs.sum().backward()
    assert inputs.grad is not None
    assert inputs.grad[:, 0].tolist() == [0.0, 2.0, 0.0, 1.0, 0.0]


def test_mapping_changes_the_inputs_alone() -> None:
    batch = of_tensor()
    doubled = batch.map(lambda inputs: 2 * inputs)
    assert torch.equal(doubled.inputs, 2 * batch.inputs)
    assert (doubled.targets, doubled.groups, doubled.weight) == (batch.targets, batch.groups, batch.weight)


def test_moving_reaches_every_tensor_of_a_graph() -> None:
    moved = of_graph().to("meta")
    assert isinstance(moved.inputs, Nodes)
    tensors = [moved.inputs.features, moved.inputs.propagation, moved.targets, moved.groups, moved.weight]
    assert {t.device.type for t in tensors} == {"meta"}


def test_detaching_reaches_inputs_soft_labels_and_weights() -> None:
    learnt = [torch.rand(s, generator=Rng(0).torch(), requires_grad=True) for s in [(5, 2), (5, 3), (5,)]]
    batch = Batch(features_only(learnt[0]), learnt[1], torch.arange(5), learnt[2]).detach()
    tensors = [batch.inputs.features, batch.targets, batch.weight]
    assert [t.requires_grad for t in tensors] == [False] * 3
    assert all(torch.equal(t, before) for t, before in zip(tensors, learnt, strict=True))


@given(choices)
def test_joining_choices_is_choosing_once(index: torch.Tensor) -> None:
    batch, cut = of_tensor(), len(index) // 2
    joined = concatenate([batch.select(index[:cut]), batch.select(index[cut:])])
    whole = batch.select(index)
    for field in ("inputs", "targets", "groups", "weight"):
        assert torch.equal(getattr(joined, field), getattr(whole, field))


def test_interleaved_parts_of_sorted_examples_hold_one_of_each_class() -> None:
    classes = torch.arange(4).repeat_interleave(3)
    assert [classes[part].tolist() for part in interleaved(12, 3)] == [[0, 1, 2, 3]] * 3
    assert [part.tolist() for part in interleaved(5, 2)] == [[0, 2, 4], [1, 3]]
    assert len(interleaved(2, 3)) == 2, "no part is empty"
