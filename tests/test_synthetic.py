"""The synthetic set: decoding, learnt rates, what can be learnt, bytes, and its use in one's own training loop."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch.utils.data import DataLoader

from condenset.codecs.graph_nodes import GraphNodes
from condenset.codecs.multi_formation import MultiFormation
from condenset.codecs.raw import Raw
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.labels.hard import Hard
from condenset.labels.soft import Soft
from condenset.synthetic import Budget, Contract, SyntheticSet, ranks, stages_of

GROUPS = torch.tensor([0, 1, 1])
IMAGES = torch.randn(3, 1, 4, 4, generator=Rng(0).torch())
SOFT = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.0, 1.0]])


def made(rates: torch.Tensor | None = None, soft: bool = True) -> SyntheticSet:
    return SyntheticSet(Raw(IMAGES), Soft(SOFT) if soft else Hard(GROUPS), GROUPS, Contract("quick"), rates)


def test_decoding_gives_the_stored_examples_and_labels() -> None:
    batch = made().decode()
    assert made().origin.tolist() == [0, 1, 2]
    assert torch.equal(batch.inputs, IMAGES)
    assert torch.equal(batch.targets, SOFT)
    assert torch.equal(batch.groups, GROUPS)
    assert batch.weight.tolist() == [1.0, 1.0, 1.0]


def test_examples_of_one_item_share_its_label_and_group() -> None:
    tiled = SyntheticSet(MultiFormation(IMAGES, 2), Soft(SOFT), GROUPS, Contract("quick"))
    batch = tiled.decode()
    assert len(batch) == 12
    for example, item in enumerate(tiled.codec.origin().tolist()):
        assert torch.equal(batch.targets[example], SOFT[item])
        assert batch.groups[example] == GROUPS[item]


def test_the_gradient_of_a_shared_label_is_the_sum_over_its_examples() -> None:
    tiled = SyntheticSet(MultiFormation(IMAGES, 2), Soft(SOFT), GROUPS, Contract("quick"))
    tiled.decode().targets.sum().backward()
    assert torch.equal(tiled.labels.values.grad, torch.full((3, 2), 4.0))


def test_only_some_items_are_decoded_and_all_tensors_are_shared() -> None:
    tiled = SyntheticSet(MultiFormation(IMAGES, 2), Soft(SOFT), GROUPS, Contract("quick"))
    whole, part = tiled.decode(), tiled.only(torch.tensor([True, False, True])).decode()
    chosen = tiled.codec.origin() != 1
    assert torch.equal(part.inputs, whole.inputs[chosen])
    assert torch.equal(part.targets, whole.targets[chosen])
    part.inputs.sum().backward()
    assert tiled.codec.data.grad[1].abs().max() == 0 < tiled.codec.data.grad[[0, 2]].min()
    assert len(tiled.decode()) == 12


def test_stages_cut_every_group_into_parts_of_about_one_size() -> None:
    groups = torch.tensor([0, 1, 1, 0, 1, 0, 0, 2])
    assert stages_of(groups, 2).tolist() == [0, 0, 0, 0, 1, 1, 1, 0]
    assert stages_of(groups, 1).tolist() == [0] * 8
    assert ranks(groups).tolist() == [int((groups[:n] == groups[n]).sum()) for n in range(8)]


def test_learnt_rates_begin_where_they_should_and_stay_positive() -> None:
    synthetic = made(torch.tensor([0.05, 2.0]))
    torch.testing.assert_close(synthetic.rates(), torch.tensor([0.05, 2.0]))
    with torch.no_grad():
        synthetic.log_rates -= 30
    assert bool((synthetic.rates() > 0).all())
    assert made().rates() is None


@pytest.mark.parametrize(
    ("rates", "soft", "expected"),
    [
        (None, False, {"data"}),
        (None, True, {"data", "labels"}),
        (torch.tensor([0.1]), False, {"data", "rate"}),
        (torch.tensor([0.1]), True, {"data", "labels", "rate"}),
    ],
)
def test_what_can_be_learnt_is_listed_by_name_and_complete(rates, soft: bool, expected: set[str]) -> None:
    synthetic = made(rates, soft)
    groups = synthetic.parameter_groups()
    assert set(groups) == expected
    assert {id(p) for ps in groups.values() for p in ps} == {id(p) for p in synthetic.parameters()}


def test_bytes_are_those_of_data_labels_and_extras() -> None:
    assert made(torch.ones(5)).nbytes() == Budget(data=3 * 16 * 4, labels=3 * 2 * 4, extras=5 * 4)
    assert made(soft=False).nbytes() == Budget(data=3 * 16 * 4, labels=3 * 8, extras=0)
    assert Budget(3, 4, 5).total == 12


def test_as_a_dataset_it_feeds_a_loader_with_constants() -> None:
    inputs, targets = next(iter(DataLoader(made().as_dataset(), batch_size=2)))
    assert torch.equal(inputs, IMAGES[:2])
    assert torch.equal(targets, SOFT[:2])
    assert not inputs.requires_grad
    assert not targets.requires_grad


def test_a_graph_is_no_dataset_of_single_examples() -> None:
    nodes = SyntheticSet(GraphNodes(torch.eye(3)), Hard(GROUPS), GROUPS, Contract("quick"))
    with pytest.raises(RequestError, match="a graph is one example with many nodes: use decode"):
        nodes.as_dataset()


def test_its_length_is_the_number_of_items_and_it_says_what_it_holds() -> None:
    tiled = SyntheticSet(MultiFormation(IMAGES, 2), Soft(SOFT), GROUPS, Contract("quick"))
    assert (len(tiled), len(tiled.decode())) == (3, 12)
    assert len(tiled.only(torch.tensor([True, False, True]))) == 2
    assert repr(made()) == "<SyntheticSet of 3 items: 216 bytes, 24 of them labels>"
    assert made()._repr_html_() == (
        "<figure><figcaption>SyntheticSet of 3 items: 216 bytes, 24 of them labels</figcaption></figure>"
    )


@pytest.mark.parametrize("ask", [lambda s: s.classes, lambda s: s.mean, SyntheticSet.plot, SyntheticSet.to_pandas])
def test_a_set_put_together_by_hand_does_not_know_its_data(ask: Callable[[SyntheticSet], object]) -> None:
    with pytest.raises(RequestError, match="does not know the data it was made of: take the one that distill or load"):
        ask(made())
