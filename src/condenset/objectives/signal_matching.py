"""Signal matching: the distance between what the data and the set say under the same network.

The real side is a sum per group, so it is computed part by part, once for every network that comes again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import torch
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.nets.compiled import compiled
from condenset.nets.network import Network
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
        by_size: weigh a group by its share of the largest group of the set (GCond) instead of equally.
        cached: networks whose real side is kept.
    """

    signal: Signal
    distance: Distance
    per_group: int = 256
    by_size: bool = False
    cached: int = 1024

    def begin(self, task: Task, execution: Execution = HERE) -> RunningSignalMatching:
        """Start with an empty cache."""
        return RunningSignalMatching(self, task, execution)


class RunningSignalMatching:
    """The cache of real sides."""

    def __init__(self, objective: SignalMatching, task: Task, execution: Execution) -> None:
        """Args: objective, its numbers; task, the data; execution, how many steps lie ahead, and precision."""
        self._objective, self._task, self._execution = objective, task, execution
        self._cache: OrderedDict[int, tuple[Tensor, ...]] = OrderedDict()

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """One term, "matching": the sum of the groups' distances."""
        batch = synthetic.decode()
        passes = 3 * len(batch) + self._objective.per_group * self._task.target.groups // draw.uses
        measure = Measure(self._objective.signal, draw.network, draw.augmentation, passes, self._execution)
        real = self._real_side(draw, measure, rng)
        guess = measure.sums(self._task, batch).mean()
        distances = self._objective.distance(real, guess)
        if self._objective.by_size:
            sizes = torch.bincount(batch.groups, minlength=len(distances)).to(distances)
            distances = distances * sizes / sizes.max()
        return {"matching": distances.sum()}

    def _real_side(self, draw: Draw, measure: Measure, rng: Rng) -> tuple[Tensor, ...]:
        if draw.key is None or not self._objective.signal.additive:
            return self._measured(measure, rng)
        if draw.key not in self._cache:
            self._cache[draw.key] = self._measured(measure, Rng(rng.seed).child("cached", draw.key))
            while len(self._cache) > self._objective.cached:
                self._cache.popitem(last=False)
        return self._cache[draw.key]

    def _measured(self, measure: Measure, rng: Rng) -> tuple[Tensor, ...]:
        batch = self._task.train.sample(self._objective.per_group, rng.child("real"))
        # Sums that do not merge need the batch whole, and so does a network that normalises over its batch.
        merges = measure.signal.additive and not measure.network.buffers
        parts = ((measure, part) for part in batch.parts(_PART if merges else len(batch)))
        return reduce(Sums.merge, self._execution.executor.map(_constant_sums, self._task, parts)).mean()


@dataclass(frozen=True)
class Measure:
    """A signal under one network and augmentation, the same for real and synthetic examples.

    Attributes:
        signal, network, augmentation: as drawn.
        passes: of one example each, at every step; see `compiled`.
        execution: of the run.
    """

    signal: Signal
    network: Network
    augmentation: Any
    passes: int
    execution: Execution

    def sums(self, task: Task, batch: Batch) -> Sums:
        """The signal of a batch."""
        if self.augmentation is not None:
            batch = batch.map(lambda inputs: task.augmentation.apply(self.augmentation, inputs))
        if self.signal.second_order:
            return self.signal.sums(self.network, batch, task)
        return self.signal.sums(compiled(self.network, task.input_shape, self.passes, self.execution), batch, task)


def _constant_sums(task: Task, job: tuple[Measure, Batch]) -> Sums:
    measure, part = job
    with torch.no_grad():
        return measure.sums(task, part)
