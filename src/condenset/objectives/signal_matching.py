"""Signal matching: the distance between what the data and the set say under the same network.

The real side is a sum per group, which a gateway measures part by part, once for every network that comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.learners.derivatives import PASSES
from condenset.objectives.objective import Objective
from condenset.samplers.random import random
from condenset.samplers.sampler import Sampler, some_of
from condenset.signals.signal import Signal
from condenset.sources.gateway import Gateway, Measure
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

Distance = Callable[[Sequence[Tensor], Sequence[Tensor]], Tensor]


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

    unlearnt: ClassVar[float] = 0.0

    signal: Signal
    distance: Distance
    per_group: int = 256
    sampler: Sampler = random
    of_set: int | None = None
    by_size: bool = False
    also: tuple[Objective, ...] = ()

    def judged(self, terms: Mapping[str, float]) -> float:
        """All terms: the distance may grow for the sake of the others."""
        return sum(terms.values())

    def begin(self, task: Task, execution: Execution = HERE) -> RunningSignalMatching:
        """Start a run."""
        return RunningSignalMatching(self, task, execution)


class RunningSignalMatching:
    """The objective during one run."""

    def __init__(self, objective: SignalMatching, task: Task, execution: Execution) -> None:
        """Args: objective, its numbers; task, the data; execution, how many steps lie ahead, and precision."""
        self._objective, self._task, self._execution = objective, task, execution
        self._also = [further.begin(task, execution) for further in objective.also]
        self._gateway = Gateway(task, execution)

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """The term "matching", the sum of the groups' distances, and the terms of the further objectives."""
        groups, of_set = len(self._task.groups), self._objective.of_set
        batch = some_of(synthetic.decode(), groups, of_set, rng.child("synthetic"))
        terms = {"matching": self.distance(batch, draw, rng)}
        for number, further in enumerate(self._also):
            terms |= further.terms(synthetic, draw, rng.child("also", number))
        return terms

    def distance(self, batch: Batch, draw: Draw, rng: Rng) -> Float[Tensor, ""]:
        """The sum of the groups' distances between the data and examples (n, ...), differentiable in these."""
        measure = Measure(self._objective.signal, draw, self._passes(draw, len(batch)), self._execution)
        told = self._gateway.sums(measure, self._objective.sampler, self._objective.per_group, rng)
        real, guess = map(measure.signal.compared, (told, measure.sums(self._task, batch)))
        distances = self._objective.distance(real, guess)
        if self._objective.by_size:
            sizes = torch.bincount(batch.groups, minlength=len(distances)).to(distances)
            distances = distances * sizes / sizes.max()
        return distances.sum()

    def _passes(self, draw: Draw, synthetic: int) -> int:
        """Of one example each through a network that can be compiled, at every step."""
        real = self._objective.per_group * len(self._task.groups) // draw.uses
        return PASSES * synthetic + 3 * real if self._objective.signal.second_order else 3 * synthetic + real
