"""The set's own loss, weighted and under the right network."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from condenset.core.rng import Rng
from condenset.objectives.calibration import Calibration
from condenset.objectives.objective import Objective
from condenset.sources.source import Draw
from tests.examples import blobs, normal, set_of

LABELS = torch.tensor([0, 1, 2, 0, 1, 1])
SET = set_of(normal(6, 5), LABELS)
ONE, OTHER = (blobs().network("mlp:width=4,depth=1", Rng(seed)) for seed in (0, 1))


def term(calibration: Calibration, draw: Draw) -> torch.Tensor:
    (value,) = calibration.begin(blobs()).terms(SET, draw, Rng(0)).values()
    return value


@pytest.mark.parametrize(("draw", "network"), [(Draw(ONE), ONE), (Draw(ONE, trained=OTHER), OTHER)])
def test_it_is_the_sum_of_mean_losses_under_the_trained_network_where_there_is_one(draw, network) -> None:
    assert isinstance(Calibration(), Objective)
    logits = network(SET.codec.data).logits
    expected = sum(F.cross_entropy(logits[group == LABELS], LABELS[group == LABELS]) for group in range(3))
    torch.testing.assert_close(term(Calibration(weight=2.5), draw), 2.5 * expected)


def test_it_may_be_of_a_few_examples_of_every_group() -> None:
    """One example of groups 0, 1, 2 of 2, 3, 1: the loss is that of one of the six choices, and others are drawn."""
    losses = F.cross_entropy(ONE(SET.codec.data).logits, LABELS, reduction="none")
    possible = torch.stack([losses[a] + losses[b] + losses[2] for a in (0, 3) for b in (1, 4, 5)])
    running = Calibration(of_set=1).begin(blobs())
    found = torch.stack([running.terms(SET, Draw(ONE), Rng(seed))["calibration"] for seed in range(30)])
    apart = (found[:, None] - possible).abs()
    assert apart.min(1).values.max() < 1e-5
    assert apart.argmin(1).unique().numel() == len(possible)
    torch.testing.assert_close(term(Calibration(of_set=3), Draw(ONE)), term(Calibration(), Draw(ONE)))


def test_accuracy_on_real_examples_weighs_it() -> None:
    data = blobs().train.all()
    accuracy = (ONE(data.inputs).logits.argmax(1) == data.targets).float().mean()
    plain, weighted = (term(Calibration(judged_on=n), Draw(ONE)) for n in (0, 10_000))
    torch.testing.assert_close(weighted, accuracy * plain)


def test_it_pulls_the_set_towards_what_the_network_gets_right() -> None:
    SET.zero_grad()
    term(Calibration(), Draw(ONE)).backward()
    stepped = SET.codec.data.detach() - 0.5 * SET.codec.data.grad
    losses = [F.cross_entropy(ONE(x).logits, LABELS) for x in (SET.codec.data, stepped)]
    assert losses[1] < losses[0]
