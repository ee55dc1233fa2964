"""The network trained on the set: its schedule, its training against torch.optim, its saved state."""

from __future__ import annotations

import warnings
from typing import Literal

import pytest
import torch
import torch.nn.functional as F

from condenset.core.rng import Rng
from condenset.sources.online import Online, released_loops
from condenset.sources.source import Setting
from tests.examples import blobs, digits, normal, set_of

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
SETTING = Setting(blobs(), "mlp:width=4,depth=1", Rng(2))
SET = set_of(normal(6, 5), LABELS)


def flats(online: Online, steps: int) -> list[torch.Tensor]:
    source = online.begin(SETTING)
    found = []
    for step in range(steps):
        found.append(source.draw(step).network.flat().clone())
        source.after(step, SET)
    return found


def test_one_matching_step_per_network_means_no_inner_training() -> None:
    for step, flat in enumerate(flats(Online(outer=1, inner=50, rate=1.0), 4)):
        assert torch.equal(flat, SETTING.draw_network(step).flat())


def test_a_network_is_trained_between_its_matching_steps_and_then_given_up() -> None:
    found = flats(Online(outer=3, inner=2), 7)
    for start in (0, 3, 6):
        assert torch.equal(found[start], SETTING.draw_network(start // 3).flat())
    assert len({tuple(flat.tolist()) for flat in found}) == 7


@pytest.mark.parametrize("kind", ["sgd", "adam"])
def test_inner_training_is_that_of_torch(kind: Literal["sgd", "adam"]) -> None:
    """Whole-set batches, so that the order of the examples does not matter."""
    first, second = flats(Online(outer=2, inner=5, batch=6, optimiser=kind, rate=0.1), 2)
    network = SETTING.draw_network(0)
    parameters = {k: v.clone().requires_grad_() for k, v in network.parameters.items()}
    optimiser = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[kind](parameters.values(), lr=0.1)
    inputs = SET.codec.data.detach()
    for _ in range(5):
        hidden = F.relu(inputs @ parameters["hidden.0.weight"].T + parameters["hidden.0.bias"])
        logits = hidden @ parameters["classifier.weight"].T + parameters["classifier.bias"]
        optimiser.zero_grad()
        F.cross_entropy(logits, LABELS).backward()
        optimiser.step()
    assert not torch.allclose(first, second, atol=1e-3)
    torch.testing.assert_close(second, torch.cat([p.detach().flatten() for p in parameters.values()]))


def test_mini_batches_take_more_steps_than_whole_ones() -> None:
    whole, parts = (flats(Online(outer=2, inner=1, batch=size, rate=0.1), 2) for size in (6, 2))
    assert torch.equal(whole[0], parts[0])
    assert (parts[1] - parts[0]).norm() > 1.5 * (whole[1] - whole[0]).norm()


@pytest.mark.parametrize("stop", [1, 2, 3, 4])
def test_a_restored_source_continues_with_the_same_bytes(stop: int) -> None:
    online = Online(outer=3, inner=2, batch=4)
    expected = flats(online, 6)
    interrupted = online.begin(SETTING)
    for step in range(stop):
        interrupted.draw(step)
        interrupted.after(step, SET)
    saved = {k: v.clone() for k, v in interrupted.state().items()}
    resumed = online.begin(SETTING)
    resumed.restore(saved)
    for step in range(stop, 6):
        assert torch.equal(resumed.draw(step).network.flat(), expected[step])
        resumed.after(step, SET)


def test_nothing_is_saved_before_the_first_step() -> None:
    source = Online().begin(SETTING)
    assert source.state() == {}
    source.restore({})
    assert torch.equal(source.draw(0).network.flat(), SETTING.draw_network(0).flat())


def test_the_set_gets_no_gradient_from_inner_training() -> None:
    source = Online(outer=2, inner=3).begin(SETTING)
    condensed = set_of(normal(6, 5), LABELS)
    source.draw(0)
    source.after(0, condensed)
    assert condensed.codec.data.grad is None
    assert not source.draw(1).network.flat().requires_grad


def test_siamese_steps_draw_an_augmentation_each() -> None:
    images = Setting(digits(), "mlp:width=3", Rng(0))
    assert Online(siamese=False).begin(images).draw(0).augmentation is None
    source = Online(outer=20).begin(images)
    first, second = (source.draw(step).augmentation for step in (0, 1))
    assert not all(
        name in second.draws and torch.equal(values, second.draws[name]) for name, values in first.draws.items()
    )


def test_a_stage_of_several_steps_keeps_network_augmentation_and_real_sides() -> None:
    images = Setting(digits(), "mlp:width=3", Rng(0))
    source = Online(outer=2, inner=1, every=3, augment=True).begin(images)
    condensed = set_of(normal(10, 1, 8, 8), torch.arange(10))
    keys, flats = [], []
    for step in range(12):
        draw = source.draw(step)
        keys.append(draw.real_sides.key)
        flats.append(draw.network.flat().clone())
        assert torch.equal(
            draw.augmentation.draws[draw.augmentation.groups[0]],
            source.draw(step).augmentation.draws[draw.augmentation.groups[0]],
        )
        source.after(step, condensed)
    assert keys == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    changes = [step for step in range(1, 12) if not torch.equal(flats[step - 1], flats[step])]
    assert changes == [3, 6, 9]
    for step, number in ((0, 0), (6, 1)):
        assert torch.equal(flats[step], images.draw_network(number).flat())


def test_the_released_table_and_the_short_loops() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [released_loops(n) for n in (1, 10, 50)] == [(1, 1), (10, 50), (50, 10)]
    with pytest.warns(UserWarning, match="no loops for 15 images per class: 15 outer and 38 inner"):
        assert released_loops(15) == (15, 38)
    assert Online.short(1).outer == 1
    assert Online.short(50).outer == 5
