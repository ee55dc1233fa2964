"""Recovery by the data's statistics: what its terms are, which examples are seen, and where it pulls."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.linalg import vector_norm

from condenset.assets.teacher_store import Squeeze, TeacherStore
from condenset.core.rng import Rng
from condenset.nets.network import Network
from condenset.objectives.objective import Objective
from condenset.objectives.recovery import Recovery
from condenset.objectives.zoom import Zoom
from condenset.signals.layer_statistics import LayerStatistics
from condenset.sources.real_sides import RealSides
from condenset.sources.source import Draw
from tests.conftest import close
from tests.examples import digits, normal, set_of

TASK = digits()
LABELS = torch.arange(10).repeat(2)
SET = set_of(normal(20, 1, 8, 8), LABELS)
PLAIN = LayerStatistics(convolutions=False, patches=0)


def network() -> Network:
    return TeacherStore(Squeeze(epochs=1, examples=200), TASK, ("convnet:width=4,depth=2,norm=batch",)).teacher(0)


def statistics(objective: Recovery, draw: Draw) -> torch.Tensor:
    return objective.begin(TASK).terms(SET, draw, Rng(0))["statistics"]


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_statistics_are_of_all_together_and_of_each_class(share: float) -> None:
    assert isinstance(Recovery(), Objective)
    trained, whole = network(), 10_000  # of every class, so that chance has no part
    objective = Recovery(PLAIN, statistics=0.5, first=3.0, by_group=share, per_group=whole)
    real, own = TASK.train.all(), SET.decode().detach()
    expected = 0.0
    for weight, groups in ((1 - share, [range(10)]), (share, [[group] for group in range(10)])):
        for chosen in groups:
            sides = []
            for batch in (real, own):
                members = torch.isin(batch.groups, torch.tensor(list(chosen)))
                sums = PLAIN.sums(trained, batch.select(members.nonzero().flatten()), TASK)
                one = replace(sums, totals=tuple(t.sum(0, keepdim=True) for t in sums.totals))
                sides.append(PLAIN.compared(replace(one, counts=sums.counts.sum(0, keepdim=True))))
            apart = [float(vector_norm(a - b)) for a, b in zip(*sides, strict=True)]
            expected += weight / len(groups) * (3 * (apart[0] + apart[1]) + apart[2] + apart[3])
    close(statistics(objective, Draw(trained)), torch.tensor(0.5 * expected), 1e-4)


def test_the_data_are_measured_once_under_a_network_as_they_are() -> None:
    """Whatever the step's augmentation is."""
    trained, sides = network(), RealSides(0)
    running = Recovery(PLAIN).begin(TASK)
    for step in range(2):
        augmentation = TASK.augmentation.draw(1, Rng(step))
        running.terms(SET, Draw(trained, augmentation, sides), Rng(step))
    assert len(sides._kept) == 1
    plain = Recovery(PLAIN).begin(TASK)._real(Draw(trained, real_sides=RealSides(0)), Rng(0))
    (kept,) = sides._kept.values()
    assert all(torch.equal(a, b) for a, b in zip(plain.totals, kept.totals, strict=True))


def test_a_step_may_see_some_classes_only() -> None:
    trained, losses = network(), []
    own = torch.nn.functional.cross_entropy(trained(SET.codec.data).logits, LABELS, reduction="none").view(2, 10)
    running = Recovery(PLAIN, classes=1).begin(TASK)
    for seed in range(12):
        losses.append(running.terms(SET, Draw(trained), Rng(seed))["classification"].item())
    for loss in losses:
        assert (own.mean(0) - loss).abs().min().item() < 1e-5, "all images of one class"
    assert len({round(loss, 4) for loss in losses}) > 4


def test_of_a_shard_the_classes_that_it_has_are_seen() -> None:
    trained, shard = network(), set_of(normal(4, 1, 8, 8), torch.tensor([3, 3, 7, 7]))
    running = Recovery(PLAIN, by_group=1.0, classes=2).begin(TASK)
    for seed in range(5):
        terms = running.terms(shard, Draw(trained), Rng(seed))
        expected = torch.nn.functional.cross_entropy(trained(shard.codec.data).logits, shard.groups)
        close(terms["classification"], expected, 1e-5)
        assert torch.isfinite(terms["statistics"])


def test_thin_classes_cost_where_that_counts() -> None:
    trained = network()
    same = set_of(normal(1, 1, 8, 8).expand(20, -1, -1, -1).clone(), LABELS)
    found = [
        Recovery(PLAIN, thinness=2.0).begin(TASK).terms(one, Draw(trained), Rng(0))["thinness"].item()
        for one in (SET, same)
    ]
    assert found[1] > found[0] > 0
    assert "thinness" not in Recovery(PLAIN).begin(TASK).terms(SET, Draw(trained), Rng(0))


def test_crops_are_seen_where_there_is_a_zoom() -> None:
    trained = network()
    plain, zoomed = (
        Recovery(PLAIN, zoom=zoom).begin(TASK).terms(SET, Draw(trained), Rng(0))["classification"]
        for zoom in (None, Zoom(0.1, until=0.0))
    )
    assert abs((plain - zoomed).item()) > 1e-5


@pytest.mark.parametrize("term", ["classification", "statistics", "thinness"])
def test_it_pulls_the_set_to_what_the_network_knows(term: str) -> None:
    trained, synthetic = network(), set_of(normal(20, 1, 8, 8), LABELS)
    running, pixels = Recovery(by_group=0.5, thinness=1.0).begin(TASK), synthetic.codec.data
    before = running.terms(synthetic, Draw(trained), Rng(0))[term]
    (slope,) = torch.autograd.grad(before, pixels)
    pixels.data -= 0.1 * slope / slope.norm()
    assert running.terms(synthetic, Draw(trained), Rng(0))[term] < before
