"""Pseudo-labels: known classes stay, others are what the teacher says, whatever their true ones are."""

from __future__ import annotations

import torch

from condenset.assets.pseudo_labels import pseudo_labels
from condenset.core.rng import Rng
from condenset.learners.spread_ridge import SpreadRidge
from tests.tasks.graph.example import communities


def test_known_classes_stay_and_the_others_are_guessed() -> None:
    task = communities()
    batch = task.train.all()
    known, found = batch.weight > 0, pseudo_labels(batch, task, "spread-ridge", Rng(0))
    assert torch.equal(found[known], batch.groups[known])
    guessed = SpreadRidge().fit(batch, task, Rng(0))(batch.inputs).argmax(1)
    assert torch.equal(found[~known], guessed[~known])
    truth = task.held_out()
    assert (found == truth.targets)[truth.examples()].double().mean() > 0.8
