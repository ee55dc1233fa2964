"""Signal matching: the distance between what the data and the set say under the same network.

The real side is a sum per group, so it is computed part by part, once for every network that comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import torch
from torch import Tensor

from condenset.assets.signals import SignalStore, content_key
from condenset.core.batch import Batch
from condenset.core.cache import cache_folder
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.learners.derivatives import PASSES
from condenset.nets.compiled import REPAYS_TWICE_FROM, compiled, repays
from condenset.nets.network import Network
from condenset.objectives.objective import Objective
from condenset.samplers.random import random
from condenset.samplers.sampler import Sampler, some_of
from condenset.signals.signal import Signal, Sums
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

Distance = Callable[[Sequence[Tensor], Sequence[Tensor]], Tensor]

_PART = 256  # real examples measured at a time


@dataclass(frozen=True)
class SignalMatching:
    """Which signal, which distance, how much of the data per step.

    Attributes:
        signal: what is measured.
        distance: `(real, synthetic) -> (groups,)` on tensors (groups, ...).
        per_group: real examples per group and network.
        sampler: which ones.
        of_set: synthetic examples per group and step, random ones; None: all.
        by_size: weigh a group by its share of the largest group of the set (GCond) instead of equally.
        also: further objectives under the same network, whose terms are added.
    """

    signal: Signal
    distance: Distance
    per_group: int = 256
    sampler: Sampler = random
    of_set: int | None = None
    by_size: bool = False
    also: tuple[Objective, ...] = ()

    def begin(self, task: Task, execution: Execution = HERE) -> RunningSignalMatching:
        """Start a run."""
        return RunningSignalMatching(self, task, execution)


class RunningSignalMatching:
    """The objective during one run."""

    def __init__(self, objective: SignalMatching, task: Task, execution: Execution) -> None:
        """Args: objective, its numbers; task, the data; execution, how many steps lie ahead, and precision."""
        self._objective, self._task, self._execution = objective, task, execution
        self._also = [further.begin(task, execution) for further in objective.also]
        self._store = SignalStore(cache_folder() / "signals", execution.disk)

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """The term "matching", the sum of the groups' distances, and the terms of the further objectives."""
        groups, of_set = len(self._task.groups), self._objective.of_set
        batch = some_of(synthetic.decode(), groups, of_set, rng.child("synthetic"))
        measure = Measure(self._objective.signal, draw, self._passes(draw, len(batch)), self._execution)
        real = self._real_side(measure, rng)
        guess = measure.sums(self._task, batch).mean()
        distances = self._objective.distance(real, guess)
        if self._objective.by_size:
            sizes = torch.bincount(batch.groups, minlength=len(distances)).to(distances)
            distances = distances * sizes / sizes.max()
        terms = {"matching": distances.sum()}
        for number, further in enumerate(self._also):
            terms |= further.terms(synthetic, draw, rng.child("also", number))
        return terms

    def _passes(self, draw: Draw, synthetic: int) -> int:
        """Of one example each through a network that can be compiled, at every step."""
        real = self._objective.per_group * len(self._task.groups) // draw.uses
        return PASSES * synthetic + 3 * real if self._objective.signal.second_order else 3 * synthetic + real

    def _real_side(self, measure: Measure, rng: Rng) -> tuple[Tensor, ...]:
        kept = measure.draw.real_sides
        if kept is None or not measure.signal.additive:
            return self._measured(measure, rng)
        return kept.of(self, lambda own: self._found(measure, own), rng)

    def _found(self, measure: Measure, rng: Rng) -> tuple[Tensor, ...]:
        """A real side from disk, where it is kept, or measured and kept."""
        if not self._store.limit:
            return self._measured(measure, rng)
        key = self._address(measure, rng)
        kept = self._store.find(key)
        if kept is not None:
            return tuple(tensor.to(self._task.device) for tensor in kept)
        found = self._measured(measure, rng)
        self._store.keep(key, found)
        return found

    def _address(self, measure: Measure, rng: Rng) -> str:
        """A hash of all that a real side depends on."""
        draw, objective, task = measure.draw, self._objective, self._task
        network = [*draw.network.parameters.values(), *draw.network.buffers.values()]
        how = objective.signal, objective.sampler.__name__, objective.per_group, self._execution.half
        data = task.fingerprint, task.preprocessing, task.augmentation
        return content_key(network, draw.augmentation, how, data, rng)

    def _measured(self, measure: Measure, rng: Rng) -> tuple[Tensor, ...]:
        sampler, per_group = self._objective.sampler, self._objective.per_group
        batch = sampler(self._task, measure.compiled(self._task), per_group, rng.child("real"))
        # Sums that do not merge need the batch whole, and so does a network that normalises over its batch.
        merges = measure.signal.additive and not measure.draw.network.coupled
        size = self._part_size(measure) if merges else len(batch)
        parts = ((measure, part) for part in batch.parts(size))
        return reduce(Sums.merge, self._execution.executor.map(_constant_sums, self._task, parts)).mean()

    def _part_size(self, measure: Measure) -> int:
        """What suits a forward pass; for gradients so many whole groups that all parts are alike, as a network is
        compiled for every new shape."""
        if not measure.signal.second_order:
            return measure.compiled(self._task).pass_size
        groups, per_group = len(self._task.groups), self._objective.per_group
        fitting = [some for some in range(1, groups + 1) if groups % some == 0 and some * per_group <= _PART]
        return max(fitting) * per_group if fitting else _PART


@dataclass(frozen=True)
class Measure:
    """A signal under one network and augmentation, the same for real and synthetic examples.

    Attributes:
        signal: what is measured.
        draw: the network and the augmentation.
        passes: of one example each, at every step; see `compiled`.
        execution: of the run.
    """

    signal: Signal
    draw: Draw
    passes: int
    execution: Execution

    def compiled(self, task: Task) -> Network:
        """The network, compiled where that repays."""
        return compiled(self.draw.network, task.input_spec, self.passes, self.execution, self.signal.reads_layers)

    def sums(self, task: Task, batch: Batch) -> Sums:
        """The signal of a batch, tensors (groups, ...), differentiable in it."""
        network = self.compiled(task) if self._repays(task, len(batch)) else self.draw.network
        return self.signal.sums(network, self.draw.augmented(batch, task), task)

    def constant_sums(self, task: Task, batch: Batch) -> Sums:
        """The signal of a batch that nothing is differentiated in, tensors (groups, ...)."""
        with torch.no_grad():
            return self.signal.sums(self.compiled(task), self.draw.augmented(batch, task), task)

    def _repays(self, task: Task, examples: int) -> bool:
        """Whether a network that pays for itself on real examples does so where it is differentiated, too."""
        if not self.signal.second_order:
            return True
        module, passes = self.draw.network.module, PASSES * examples
        return repays(module, task.input_spec, passes, self.execution, REPAYS_TWICE_FROM)


def _constant_sums(task: Task, job: tuple[Measure, Batch]) -> Sums:
    measure, part = job
    return measure.constant_sums(task, part)
