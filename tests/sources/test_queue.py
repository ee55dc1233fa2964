"""Networks trained on the data as the run goes: their ages, their keys, their training, their saved state."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F

from condenset.core.rng import Rng
from condenset.sources.queue import Queue, RunningQueue
from condenset.sources.source import Setting
from tests.examples import blobs, digits, normal, set_of

SETTING = Setting(blobs(), "mlp:width=4,depth=1", Rng(2))
SET = set_of(normal(3, 5), torch.arange(3))


def followed(source: RunningQueue, start: int, stop: int) -> list[tuple[int, torch.Tensor]]:
    found = []
    for step in range(start, stop):
        draw = source.draw(step)
        found.append((draw.real_sides.key, draw.network.flat().clone()))
        source.after(step, SET)
    return found


def test_one_network_is_trained_stage_by_stage_and_then_renewed() -> None:
    found = followed(Queue(renew_every=6, train_every=2, examples=30).begin(SETTING), 0, 13)
    assert [key for key, _ in found] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6]
    for (key, flat), (other, next_flat) in pairwise(found):
        assert (key == other) == torch.equal(flat, next_flat)
    for step, key in ((0, 0), (6, 3), (12, 6)):
        assert torch.equal(found[step][1], SETTING.draw_network(key).flat())


def test_training_is_that_of_torch_and_lowers_the_loss_on_real_data() -> None:
    """One whole batch, so that the order of the examples does not matter."""
    source = Queue(train_every=1, examples=1000, batch=1000, rate=0.3).begin(SETTING)
    (_, before), (_, after) = followed(source, 0, 2)
    network = SETTING.draw_network(0)
    parameters = {k: v.clone().requires_grad_() for k, v in network.parameters.items()}
    data = blobs().train.all()
    hidden = F.relu(data.inputs @ parameters["hidden.0.weight"].T + parameters["hidden.0.bias"])
    logits = hidden @ parameters["classifier.weight"].T + parameters["classifier.bias"]
    gradients = torch.autograd.grad(F.cross_entropy(logits, data.targets), list(parameters.values()))
    expected = torch.cat([(p - 0.3 * g).flatten() for p, g in zip(parameters.values(), gradients, strict=True)])
    torch.testing.assert_close(after, expected.detach())
    assert not torch.equal(before, after)


def test_members_age_apart_and_a_step_meets_all_of_them() -> None:
    source = Queue(size=4, renew_every=10, train_every=2, examples=16).begin(SETTING)
    keys = [key for key, _ in followed(source, 0, 60)]
    assert len(set(keys)) > 15
    assert len(set(keys[:8])) >= 3


@pytest.mark.parametrize("queue", [Queue(size=3, renew_every=5, train_every=2, examples=16), Queue(train_every=1)])
@pytest.mark.parametrize("stop", [1, 4, 9])
def test_a_restored_queue_continues_with_the_same_bytes(queue: Queue, stop: int) -> None:
    expected = followed(queue.begin(SETTING), 0, 14)
    interrupted = queue.begin(SETTING)
    followed(interrupted, 0, stop)
    saved = {k: v.clone() for k, v in interrupted.state().items()}
    followed(interrupted, stop, stop + 3)  # saved copies must not go on changing
    resumed = queue.begin(SETTING)
    resumed.restore(saved)
    for (key, flat), (other, other_flat) in zip(followed(resumed, stop, 14), expected[stop:], strict=True):
        assert key == other
        assert torch.equal(flat, other_flat)


def test_a_network_keeps_its_augmentation_until_it_is_trained() -> None:
    images = Setting(digits(), "mlp:width=3", Rng(0))
    assert Queue(siamese=False).begin(images).draw(0).augmentation is None
    source = Queue(train_every=3, examples=8).begin(images)
    records = []
    for step in range(6):
        records.append(source.draw(step).augmentation)
        source.after(step, SET)

    def same(a: object, b: object) -> bool:
        return a.groups == b.groups and all(torch.equal(a.draws[k], b.draws[k]) for k in a.groups)

    assert same(records[0], records[2])
    assert same(records[3], records[5])
    assert not same(records[2], records[3])
