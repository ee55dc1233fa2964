"""Coresets by score: which examples are learnt, scored and kept, and from where on the hardest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.errors import BudgetError
from condenset.core.rng import Rng
from condenset.nets.network import Network
from condenset.starts.by_score import ByScore, errors, looked_at
from condenset.tasks.task import Task
from tests.conftest import close
from tests.examples import blobs, digits, normal

SHORT = {"networks": 2, "epochs": 2, "examples": 150, "network": "mlp:width=3,depth=1"}


def first_feature(epochs: Iterator[Network], batch: Batch, task: Task) -> Tensor:
    """A score that no training changes."""
    assert len({tuple(network.flat().tolist()) for network in epochs}) == 2
    return batch.inputs[:, 0]


def by_hand(task: Task, counts: list[int], sign: int) -> Tensor:
    kept = []
    for group, count in enumerate(counts):
        own = task.train.batch.inputs[task.train.members(group)]
        kept.append(own[(sign * own[:, 0]).argsort(descending=True)[:count]])
    return torch.cat(kept)


@pytest.mark.parametrize(("hardest_from", "sign"), [(0.2, -1), (0.1, 1), (0.0, 1)])
def test_small_budgets_keep_the_easiest_and_large_ones_the_hardest(hardest_from: float, sign: int) -> None:
    task, counts = blobs(), [3, 1, 5]
    assert 0.1 < sum(counts) / len(task.train) < 0.2
    start = ByScore(first_feature, **SHORT, hardest_from=hardest_from)
    batch = start(task, torch.tensor(counts), Rng(0))
    assert torch.equal(batch.inputs, by_hand(task, counts, sign))


def test_scores_are_means_over_the_networks() -> None:
    seen: list[Tensor] = []

    def uncertainty(epochs: Iterator[Network], batch: Batch, task: Task) -> Tensor:
        *_, last = epochs
        seen.append(looked_at(last, batch).logits.std(1))
        return seen[-1]

    found = ByScore(uncertainty, **SHORT).scores(blobs(), torch.arange(20), Rng(0))
    assert len(seen) == 2 and not torch.equal(*seen)
    close(found, (seen[0] + seen[1]) / 2, 1e-6)


def test_only_so_many_examples_of_a_group_are_learnt_and_chosen_from() -> None:
    sizes: list[list[int]] = []

    def count(epochs: Iterator[Network], batch: Batch, task: Task) -> Tensor:
        sizes.append(torch.bincount(batch.groups).tolist())
        return torch.zeros(len(batch))

    start = ByScore(count, networks=1, epochs=1, examples=30, network="mlp:width=3,depth=1")
    start(blobs(), torch.tensor([2, 1, 7]), Rng(0))
    assert sizes == [[10, 10, 14]], "a third each, or twice the budget"


def test_a_budget_above_what_a_group_has_is_refused() -> None:
    with pytest.raises(BudgetError):
        ByScore(first_feature, **SHORT)(blobs(), torch.tensor([1, 1, 99]), Rng(0))


def test_few_data_are_passed_several_times_in_an_epoch() -> None:
    """As if an epoch were that many: the same networks are seen."""

    def last(epochs: Iterator[Network], batch: Batch, task: Task) -> Tensor:
        found.append([network.flat().detach().clone() for network in epochs])
        return torch.zeros(len(batch))

    found: list[list[Tensor]] = []
    chosen = torch.arange(20)
    for epochs, examples in ((2, 70), (6, 20)):
        start = ByScore(last, networks=1, epochs=epochs, examples=examples, network="mlp:depth=0")
        start.scores(blobs(), chosen, Rng(0))
    assert [len(seen) for seen in found] == [2, 6]
    assert torch.equal(found[0][0], found[1][2]) and torch.equal(found[0][1], found[1][5])


def test_errors_are_probabilities_less_the_label() -> None:
    task, logits = blobs(), normal(5, 3)
    batch = task.train.batch.select(torch.arange(5))
    expected = logits.softmax(1) - torch.eye(3)[batch.targets]
    close(errors(logits, batch, task), expected, 1e-6)
    soft = replace(batch, targets=normal(5, 3, seed=1).softmax(1))
    close(errors(logits, soft, task), logits.softmax(1) - soft.targets, 1e-6)


def test_a_look_is_in_evaluation_mode_and_in_parts_what_it_is_as_a_whole() -> None:
    network = digits().network("convnet:width=4,depth=1,norm=batch", Rng(0))
    batch = digits().train.batch.select(torch.arange(network.evaluating().pass_size + 3))
    look = looked_at(network, batch)
    close(look.logits, network.evaluating()(batch.inputs).logits, 1e-5)
    close(look.embedding, network.evaluating()(batch.inputs).embedding, 1e-5)
    assert not look.logits.requires_grad
