"""The known network: one for all steps and all runs, and the one that an exam of a set made for it begins with."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.learners.sgd import NetworkTraining
from condenset.learners.training import Training
from condenset.sources.known import KnownNetwork
from condenset.sources.source import Setting
from tests.examples import blobs

NETWORK = "mlp:width=3,depth=1"


def test_it_depends_on_neither_the_step_nor_the_run() -> None:
    sources = [KnownNetwork().begin(Setting(blobs(), NETWORK, Rng(seed))) for seed in (0, 1)]
    flats = [source.draw(step).network.flat() for source in sources for step in (0, 9)]
    assert all(torch.equal(flat, flats[0]) for flat in flats)


def test_training_from_it_begins_where_the_set_was_made_for() -> None:
    task = blobs()
    standing = Training(epochs=1, rate=1e-30, weight_decay=0.0, drop_at=())
    drawn = KnownNetwork().begin(Setting(task, NETWORK, Rng(5))).draw(0).network
    model = NetworkTraining(NETWORK, standing, known=True).fit(task.train.all(), task, Rng(3))
    inputs = task.train.batch.inputs
    assert torch.equal(model(inputs), drawn(inputs).logits)
    other = NetworkTraining(NETWORK, standing).fit(task.train.all(), task, Rng(3))
    assert not torch.allclose(other(inputs), drawn(inputs).logits)
