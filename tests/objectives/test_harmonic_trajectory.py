"""Trajectory matching beside the harmonics of real stretches."""

from __future__ import annotations

import pytest
import torch

from condenset.codecs.harmonics import Harmonics
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.core.windows import stretches
from condenset.kernels.harmonics import harmonic_distance
from condenset.labels.decoded import Decoded
from condenset.objectives.harmonic_trajectory import HarmonicTrajectory
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.sources.source import Draw
from condenset.starts.slice import slice as slice_of
from condenset.synthetic import Contract, SyntheticSet
from tests.examples import set_of
from tests.tasks.series.example import series

TASK, INNER = series(), InnerLoop(2, rate=0.01)
NETWORK = TASK.network("dlinear:average=3", Rng(0))
DRAW = Draw(NETWORK, goal=NETWORK.flat() + 0.1)


def begun() -> SyntheticSet:
    some = TASK.train.select(torch.arange(30))
    return SyntheticSet(Harmonics.encode(some.inputs, TASK), Decoded(), some.groups, Contract("forecast"))


def test_both_terms_are_those_of_their_formulas_and_every_step_draws_another_stretch() -> None:
    synthetic, running = begun(), HarmonicTrajectory(INNER, harmonics=3, weight=0.5).begin(TASK)
    terms = running.terms(synthetic, DRAW, Rng(4))
    plain = TrajectoryMatching(INNER).begin(TASK).terms(synthetic, DRAW, Rng(4))
    assert torch.equal(terms["trajectory"], plain["trajectory"])
    (real,) = stretches(slice_of(TASK, torch.tensor([19]), Rng(4).child("real")))
    assert len(real) == 30
    expected = 0.5 * harmonic_distance(real, synthetic.codec.series(), 3)
    torch.testing.assert_close(terms["harmonics"], expected)
    assert terms["harmonics"] != running.terms(synthetic, DRAW, Rng(5))["harmonics"]
    terms["harmonics"].backward()
    assert synthetic.codec.data.grad.abs().max() > 0


def test_a_set_that_stores_no_series_is_refused() -> None:
    some = TASK.train.select(torch.arange(4))
    with pytest.raises(RequestError, match="stores no series: take the codec harmonics"):
        HarmonicTrajectory(INNER).begin(TASK).terms(set_of(some.inputs, some.targets), DRAW, Rng(0))
