"""Another objective on samples: the temperature falls, steps repeat, and what nothing is drawn from is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from condenset.codecs.bernoulli_graphs import BernoulliGraphs
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.kernels.distance import squared_error
from condenset.labels.hard import Hard
from condenset.objectives.sampled import Sampled
from condenset.objectives.signal_matching import SignalMatching
from condenset.signals.mean_embedding import MeanEmbedding
from condenset.sources.source import Draw
from condenset.synthetic import Contract, SyntheticSet
from tests.examples import blobs, set_of
from tests.tasks.graphs import example

TASK = example.task()
MATCHING = SignalMatching(MeanEmbedding(), squared_error, per_group=20)


def begun() -> SyntheticSet:
    some = TASK.train.cut_out(torch.arange(4))
    return SyntheticSet(BernoulliGraphs.encode(some.inputs, TASK), Hard(some.targets), some.groups, Contract("graphs"))


def test_the_temperature_falls_geometrically_and_then_stays() -> None:
    sampled = Sampled(MATCHING, warm=1.0, cold=0.01, until=0.5)
    assert [sampled.temperature_at(progress) for progress in (0.0, 0.25, 0.5, 1.0)] == pytest.approx(
        [1, 0.1, 0.01, 0.01]
    )


def test_a_step_is_the_objective_on_what_is_drawn_and_repeats() -> None:
    synthetic, draw = begun(), Draw(TASK.network("gin:width=4", Rng(0)), progress=0.5)
    running = Sampled(MATCHING).begin(TASK)
    one, again, other = (running.terms(synthetic, draw, Rng(0).child(step))["matching"] for step in (0, 0, 1))
    drawn = synthetic.codec.sampled(0.1, Rng(0).child(0).child("sample"))
    expected = MATCHING.begin(TASK).terms(synthetic.replaced(codec=drawn), draw, Rng(0).child(0))["matching"]
    assert torch.equal(one, again) and torch.equal(one, expected) and not torch.equal(one, other)
    one.backward()
    assert synthetic.codec.logits.grad.abs().max() > 0


def test_only_the_items_that_are_learnt_are_drawn() -> None:
    synthetic = begun()
    part = synthetic.only(torch.tensor([True, False, True, False]))
    assert len(part.replaced(codec=part.codec.sampled(1.0, Rng(0))).decode()) == 2


def test_what_nothing_is_drawn_from_and_impossible_temperatures_are_refused() -> None:
    task = blobs()
    some = task.train.sample(1, Rng(0))
    running = Sampled(replace(MATCHING, per_group=2)).begin(task)
    with pytest.raises(RequestError, match="stores examples, no distributions"):
        running.terms(set_of(some.inputs, some.targets), Draw(task.network("mlp:width=4,depth=1", Rng(0))), Rng(0))
    for wrong in ({"cold": 2.0}, {"cold": 0.0}, {"until": 0.0}):
        with pytest.raises(RequestError, match="temperatures fall"):
            Sampled(MATCHING, **wrong)
