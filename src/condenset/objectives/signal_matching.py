"""Signal matching: the distance between what the data and the set say under the same network.

The real side is a sum per group, so it is computed part by part, once for every network that comes again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import torch
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.nets.compiled import compiled
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
        batch = _augmented(synthetic.decode(), draw, self._task)
        if not self._objective.signal.second_order:
            passes = 3 * len(batch) + self._objective.per_group * self._task.target.groups // draw.uses
            draw = replace(draw, network=compiled(draw.network, self._task.input_shape, passes, self._execution))
        real = self._real_side(draw, rng)
        guess = self._objective.signal.sums(draw.network, batch, self._task).mean()
        distances = self._objective.distance(real, guess)
        if self._objective.by_size:
            sizes = torch.bincount(batch.groups, minlength=len(distances)).to(distances)
            distances = distances * sizes / sizes.max()
        return {"matching": distances.sum()}

    def _real_side(self, draw: Draw, rng: Rng) -> tuple[Tensor, ...]:
        if draw.key is None or not self._objective.signal.additive:
            return self._measure(draw, rng)
        if draw.key not in self._cache:
            self._cache[draw.key] = self._measure(draw, Rng(rng.seed).child("cached", draw.key))
            while len(self._cache) > self._objective.cached:
                self._cache.popitem(last=False)
        return self._cache[draw.key]

    def _measure(self, draw: Draw, rng: Rng) -> tuple[Tensor, ...]:
        batch = self._task.train.sample(self._objective.per_group, rng.child("real"))
        # Sums that do not merge need the batch whole, and so does a network that normalises over its batch.
        merges = self._objective.signal.additive and not draw.network.buffers
        with torch.no_grad():
            parts = [_augmented(part, draw, self._task) for part in batch.parts(_PART if merges else len(batch))]
            sums = (self._objective.signal.sums(draw.network, part, self._task) for part in parts)
            return reduce(Sums.merge, sums).mean()


def _augmented(batch: Batch, draw: Draw, task: Task) -> Batch:
    if draw.augmentation is None:
        return batch
    return batch.map(lambda inputs: task.augmentation.apply(draw.augmentation, inputs))
