"""Signal matching: the cached real side, the weights of the groups, augmentation, and what must not be cached."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.kernels.distance import layerwise_cosine, squared_error
from condenset.learners.derivatives import PASSES
from condenset.nets.compiled import REPAYS_TWICE_FROM, operations
from condenset.nets.network import Network
from condenset.objectives.calibration import Calibration
from condenset.objectives.signal_matching import SignalMatching
from condenset.samplers.representatives import representatives
from condenset.signals.class_gradient import ClassGradient
from condenset.signals.mean_embedding import MeanEmbedding
from condenset.signals.signal import Averaged, Signal, Sums
from condenset.sources.pool import Pool
from condenset.sources.real_sides import RealSides
from condenset.sources.source import Draw, Setting
from condenset.tasks.task import Task
from tests.conftest import close
from tests.elsewhere import DEVICE, Attached
from tests.examples import batch_of, blobs, digits, double, normal, set_of, task_of
from tests.networks import drawn

LABELS = torch.tensor([0, 1, 2])
SET = set_of(normal(3, 5), LABELS)


@dataclass(frozen=True)
class Counted(Averaged):
    """A signal that remembers the batches it measured; additive or not."""

    additive: bool
    seen: list[int] = field(repr=False)
    second_order: bool = False
    reads_layers: bool = False

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        self.seen.append(len(batch))
        return MeanEmbedding().sums(network, batch, task)


def value(objective: SignalMatching, draw: Draw, seed: int, running: object = None) -> Tensor:
    begun = running or objective.begin(blobs())
    return begun.terms(SET, draw, Rng(0).child("step", seed))["matching"]


@pytest.mark.parametrize("signal", [MeanEmbedding(), ClassGradient()], ids=lambda s: type(s).__name__)
def test_a_kept_real_side_gives_the_terms_of_one_that_is_measured_anew(signal: Signal) -> None:
    """As it is by a run that resumes at a later step, and where memory holds a single member of a pool."""
    setting = Setting(blobs(), "mlp:width=4,depth=1", Rng(5))
    pool, one = Pool(size=4, renew_every=3), Execution(memory=0)
    wide, small = pool.begin(setting), pool.begin(replace(setting, execution=one))
    objective = SignalMatching(signal, squared_error, per_group=4)
    kept = objective.begin(blobs())
    for step in range(20):
        draw = wide.draw(step)
        found = value(objective, draw, step, kept)
        assert torch.equal(value(objective, draw, step), found)
        assert torch.equal(value(objective, small.draw(step), step, kept), found)


def test_the_real_side_is_measured_once_per_network_of_a_pool() -> None:
    draw = Draw(blobs().network("mlp:width=4,depth=1", Rng(0)), real_sides=RealSides(3))
    counted = Counted(True, [])
    objective = SignalMatching(counted, squared_error, per_group=4)
    running = objective.begin(blobs())
    for step in range(5):
        value(objective, draw, step, running)
    assert sorted(counted.seen) == [3, 3, 3, 3, 3, 12]


@pytest.mark.parametrize(("additive", "sides"), [(False, RealSides(3)), (True, None)])
def test_what_does_not_merge_or_never_comes_again_is_measured_anew(additive: bool, sides: RealSides | None) -> None:
    draw = Draw(blobs().network("mlp:width=4,depth=1", Rng(0)), real_sides=sides)
    counted = Counted(additive, [])
    objective = SignalMatching(counted, squared_error, per_group=4)
    running = objective.begin(blobs())
    terms = [value(objective, draw, step, running) for step in range(3)]
    assert sorted(counted.seen) == [3, 3, 3, 12, 12, 12]
    assert len({term.item() for term in terms}) == 3


def test_a_non_additive_signal_sees_the_real_side_whole() -> None:
    """Parts would have to be merged, and that is exactly what such a signal cannot do."""
    labels = torch.arange(2).repeat_interleave(600)
    task = task_of(normal(1200, 4), labels, 2, "tabular")
    counted = Counted(False, [])
    objective = SignalMatching(counted, squared_error, per_group=600)
    draw = Draw(task.network("mlp:width=4,depth=1", Rng(0)))
    objective.begin(task).terms(set_of(normal(2, 4), torch.arange(2)), draw, Rng(0))
    assert sorted(counted.seen) == [2, 1200]


def test_many_real_examples_are_measured_in_parts_with_the_result_of_the_whole() -> None:
    labels = torch.arange(2).repeat_interleave(600)
    task = task_of(normal(1200, 4, dtype=torch.float64), labels, 2, "tabular")
    network = double(drawn("mlp:width=4,depth=1", (4,), 2, Rng(0)))
    condensed = set_of(normal(2, 4, seed=1, dtype=torch.float64), torch.arange(2))
    counted = Counted(True, [])
    objective = SignalMatching(counted, squared_error, per_group=600)
    found = objective.begin(task).terms(condensed, Draw(network), Rng(0))["matching"]
    assert len(counted.seen) > 2
    means = [network(x).embedding for x in (task.train.batch.inputs, condensed.decode().inputs)]
    real, synthetic = means[0].view(2, 600, -1).mean(1), means[1]
    close(found, (real - synthetic).square().sum(), 1e-12)


def test_batch_normalisation_sees_all_classes_at_once() -> None:
    """In parts, which are ordered by class, it would normalise every class by itself."""
    labels = torch.arange(2).repeat_interleave(300)
    images = normal(600, 1, 8, 8, dtype=torch.float64) + labels.view(-1, 1, 1, 1) * 3
    task = task_of(images, labels, 2)
    network = double(drawn("convnet:width=3,depth=1,norm=batch", (1, 8, 8), 2, Rng(0)))
    condensed = set_of(images[[0, 300]], torch.arange(2))
    found = SignalMatching(MeanEmbedding(), squared_error, per_group=300).begin(task)
    term = found.terms(condensed, Draw(network), Rng(0))["matching"]
    real, synthetic = network(images).embedding, network(images[[0, 300]]).embedding
    expected = (real.view(2, 300, -1).mean(1) - synthetic).square().sum()
    close(term, expected, 1e-7)


def test_by_size_weighs_a_group_by_its_share_of_the_largest() -> None:
    inputs, labels = normal(6, 5), torch.tensor([0, 0, 0, 1, 1, 2])
    condensed = set_of(inputs, labels)
    network = blobs().network("mlp:width=4,depth=1", Rng(0))
    real = ClassGradient().sums(network, blobs().train.all(), blobs()).mean()
    guess = ClassGradient().sums(network, batch_of(inputs, labels), blobs()).mean()
    distances = layerwise_cosine(real, guess)
    for by_size, weights in ((False, [1, 1, 1]), (True, [1, 2 / 3, 1 / 3])):
        objective = SignalMatching(ClassGradient(), layerwise_cosine, per_group=999, by_size=by_size)
        found = objective.begin(blobs()).terms(condensed, Draw(network), Rng(0))["matching"]
        expected = np.dot(distances.detach().numpy(), weights)
        np.testing.assert_allclose(found.item(), expected, rtol=1e-4)


def test_real_and_synthetic_share_the_augmentation_of_the_draw() -> None:
    """A set that is the data itself is at distance 0 under any shared transformation."""
    task = digits()
    real = task.train.batch.select(torch.cat([task.train.members(g)[:3] for g in range(10)]))
    small = replace(task, train=type(task.train)(real, 10))
    condensed = set_of(real.inputs, real.targets)
    setting = Setting(small, "convnet:width=4,depth=1", Rng(1))
    plain = setting.draw_network(0)
    signal = SignalMatching(MeanEmbedding(), squared_error, per_group=3)
    without = signal.signal.sums(plain, real, small).totals[0]
    changed = 0
    for address in range(6):
        record = setting.draw_augmentation(address)
        term = signal.begin(small).terms(condensed, Draw(plain, record), Rng(0))["matching"]
        assert term < 1e-8
        augmented = real.map(lambda inputs, record=record: small.augmentation.apply(record, inputs))
        changed += not torch.allclose(signal.signal.sums(plain, augmented, small).totals[0], without)
    assert changed >= 4


def test_further_objectives_add_their_terms() -> None:
    draw = Draw(blobs().network("mlp:width=4,depth=1", Rng(0)))
    alone = SignalMatching(MeanEmbedding(), squared_error, per_group=4)
    found = replace(alone, also=(Calibration(weight=2.0),)).begin(blobs()).terms(SET, draw, Rng(0))
    assert torch.equal(found["matching"], alone.begin(blobs()).terms(SET, draw, Rng(0))["matching"])
    expected = Calibration(weight=2.0).begin(blobs()).terms(SET, draw, Rng(0))
    assert torch.equal(found["calibration"], expected["calibration"])


def test_the_sampler_picks_the_real_side() -> None:
    draw = Draw(blobs().network("mlp:width=4,depth=1", Rng(0)))
    objective = SignalMatching(MeanEmbedding(), squared_error, per_group=3, sampler=representatives)
    found = objective.begin(blobs()).terms(SET, draw, Rng(0))["matching"]
    real = representatives(blobs(), draw.network, 3, Rng(0).child("real"))
    means = [MeanEmbedding().sums(draw.network, batch, blobs()).mean() for batch in (real, SET.decode())]
    torch.testing.assert_close(found, squared_error(*means).sum())


@pytest.mark.parametrize(("per_group", "sizes"), [(128, {256}), (64, {128}), (50, {250}), (25, {250})])
def test_parts_of_the_real_side_are_alike(per_group: int, sizes: set[int]) -> None:
    """A compiled network is compiled for every new shape, so parts for gradients are of whole groups."""
    labels = torch.arange(10).repeat_interleave(300)
    task = task_of(normal(3000, 4), labels, 10, "tabular")
    counted = Counted(True, [], second_order=True)
    draw = Draw(task.network("mlp:width=4,depth=1", Rng(0)))
    objective = SignalMatching(counted, squared_error, per_group=per_group)
    objective.begin(task).terms(set_of(normal(10, 4), torch.arange(10)), draw, Rng(0))
    assert set(counted.seen) - {10} == sizes


def test_with_room_on_disk_a_later_run_finds_the_real_sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same run again measures nothing; another network, batch or signal is not mistaken for it."""
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    execution = Execution(disk=10**7)
    draw = Draw(blobs().network("mlp:width=4,depth=1", Rng(0)), real_sides=RealSides(3))

    def measured(changed: Draw, per_group: int = 4) -> tuple[int, float]:
        counted = Counted(True, [])
        running = SignalMatching(counted, squared_error, per_group=per_group).begin(blobs(), execution)
        term = running.terms(SET, changed, Rng(0))["matching"]
        return len(counted.seen), float(term)

    first = measured(draw)
    again = measured(draw)
    assert (first[0], again[0]) == (2, 1)  # real and synthetic, then synthetic alone
    assert first[1] == again[1]
    assert measured(replace(draw, network=blobs().network("mlp:width=4,depth=1", Rng(1))))[0] == 2
    assert measured(draw, per_group=5)[0] == 2


def test_real_sides_on_disk_come_to_the_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    with Attached():
        task, execution = blobs().to(DEVICE), Execution(DEVICE, precision="float32", disk=10**7)
        draw = Draw(task.network("mlp:width=4,depth=1", Rng(0)), real_sides=RealSides(3))
        condensed = deepcopy(SET).to(DEVICE)
        found = []
        for _ in range(2):
            counted = Counted(True, [])
            running = SignalMatching(counted, squared_error, per_group=4).begin(task, execution)
            term = running.terms(condensed, draw, Rng(0))["matching"]
            found.append((len(counted.seen), term.item()))
    assert [measured for measured, _ in found] == [2, 1]
    assert found[0][1] == found[1][1]


def test_a_step_sees_some_of_the_set_each_time_others() -> None:
    condensed = set_of(normal(12, 5), torch.arange(3).repeat_interleave(4))
    draw = Draw(blobs().network("mlp:width=64,depth=1", Rng(0)))
    running = SignalMatching(MeanEmbedding(), squared_error, per_group=4, of_set=2).begin(blobs())
    seen = []
    for step in range(8):
        condensed.zero_grad()
        running.terms(condensed, draw, Rng(0).child("step", step))["matching"].backward()
        moved = condensed.codec.data.grad.abs().sum(1) > 0
        assert moved.view(3, 4).sum(1).tolist() == [2, 2, 2]
        seen.append(tuple(moved.tolist()))
    assert len(set(seen)) > 4
    assert torch.tensor(seen).any(0).all()


@dataclass(frozen=True)
class Watched(Averaged):
    """A signal of gradients that remembers on how many examples it was given a compiled network, or another."""

    seen: dict[int, bool] = field(repr=False)
    additive: bool = True
    second_order: bool = True
    reads_layers: bool = False

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        self.seen[len(batch)] = network.forward is not None
        return MeanEmbedding().sums(replace(network, forward=None), batch, task)


@pytest.mark.parametrize(("share", "twice"), [(0.9, False), (1.1, True)])
def test_second_derivatives_are_compiled_for_more_work_than_gradients(
    share: float, twice: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda program: program)
    seen: dict[int, bool] = {}
    task = digits()
    network = task.network("convnet:width=8", Rng(0))
    condensed = set_of(task.train.batch.inputs[:10], torch.arange(10))
    a_step = PASSES * 10 * operations(network.module, task.input_spec)
    execution = Execution(times=round(share * REPAYS_TWICE_FROM / a_step))
    objective = SignalMatching(Watched(seen), squared_error, per_group=2)
    objective.begin(task, execution).terms(condensed, Draw(network), Rng(0))
    assert seen == {20: True, 10: twice}
