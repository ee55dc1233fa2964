"""Forgetting events against a loop over epochs and examples."""

from __future__ import annotations

from itertools import pairwise

import torch

from condenset.core.rng import Rng
from condenset.starts.forgetting import START, events, forgetting
from tests.examples import blobs


def by_hand(learnt: list[bool]) -> int:
    if not any(learnt):
        return len(learnt)
    return sum(1 for before, after in pairwise(learnt) if before and not after)


def test_events_are_falls_from_right_to_wrong_and_all_epochs_where_it_never_was_right() -> None:
    learnt = torch.rand(6, 200, generator=Rng(0).torch()) < 0.4
    assert not learnt.any(0).all()
    assert events(learnt).tolist() == [by_hand(column) for column in learnt.T.tolist()]


def test_every_network_of_a_run_is_asked() -> None:
    task = blobs()
    networks = [task.network("mlp:width=5,depth=1", Rng(seed)) for seed in range(5)]
    batch = task.train.batch
    learnt = torch.stack([network(batch.inputs).logits.argmax(1) == batch.targets for network in networks])
    found = forgetting(iter(networks), batch, task)
    assert found.tolist() == [by_hand(column) for column in learnt.T.tolist()]
    assert len(set(found.tolist())) > 2


def test_the_hardest_are_kept_whatever_the_budget_as_in_the_tables_of_distillation() -> None:
    assert START.hardest_from == 0.0
