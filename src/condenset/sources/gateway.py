"""The one way from a run to what its real data say: sums with their counts, told once, kept and merged as sums."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial, reduce

import torch

from condenset.assets.signals import SignalStore, content_key
from condenset.core.batch import Batch
from condenset.core.cache import cache_folder
from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.learners.derivatives import PASSES
from condenset.nets.compiled import REPAYS_TWICE_FROM, compiled, repays
from condenset.nets.network import Network
from condenset.samplers.sampler import Sampler
from condenset.signals.signal import Signal, Sums
from condenset.sources.source import Draw
from condenset.tasks.task import Task

_PART = 256  # real examples measured at a time


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


class Gateway:
    """Measures signals of a run's real data."""

    def __init__(self, task: Task, execution: Execution) -> None:
        """Args: task, the data; execution, of the run."""
        self._task, self._execution = task, execution
        self._store = SignalStore(cache_folder() / "signals", execution.disk)

    def sums(self, measure: Measure, sampler: Sampler, per_group: int, rng: Rng) -> Sums:
        """The signal (groups, ...) of up to `per_group` real examples of each group, picked by the sampler.

        What comes again under the same network is measured once and kept as sums, in memory and, where there is room,
        on disk; a signal that does not merge is measured anew at every step.
        """
        kept = measure.draw.real_sides
        if kept is None or not measure.signal.additive:
            return self._told(measure, sampler, per_group, rng)
        return kept.of(self, partial(self._found, measure, sampler, per_group), rng)

    def _found(self, measure: Measure, sampler: Sampler, per_group: int, rng: Rng) -> Sums:
        """Sums from disk, where they are kept, or told and kept."""
        if not self._store.limit:
            return self._told(measure, sampler, per_group, rng)
        key = self._address(measure, sampler, per_group, rng)
        kept = self._store.find(key)
        if kept is not None:
            *totals, counts = kept
            return Sums(tuple(totals), counts).to(self._task.device)
        sums = self._told(measure, sampler, per_group, rng)
        self._store.keep(key, (*sums.totals, sums.counts))
        return sums

    def _address(self, measure: Measure, sampler: Sampler, per_group: int, rng: Rng) -> str:
        """A hash of all that sums depend on."""
        draw, task = measure.draw, self._task
        network = [*draw.network.parameters.values(), *draw.network.buffers.values()]
        how = measure.signal, sampler.__name__, per_group, self._execution.half
        data = task.fingerprint, task.preprocessing, task.target.describe(), task.augmentation
        return content_key(network, draw.augmentation, how, data, rng)

    def _told(self, measure: Measure, sampler: Sampler, per_group: int, rng: Rng) -> Sums:
        """Measured part by part, and merged."""
        task = self._task
        batch = sampler(task, measure.compiled(task), per_group, rng.child("real"))
        # Sums that do not merge need the batch whole, and so does a network that normalises over its batch.
        merges = measure.signal.additive and not measure.draw.network.coupled
        size = self._part_size(measure, per_group) if merges else len(batch)
        parts = ((measure, part) for part in batch.parts(size))
        return reduce(Sums.merge, self._execution.executor.map(_constant_sums, task, parts))

    def _part_size(self, measure: Measure, per_group: int) -> int:
        """What suits a forward pass; for gradients so many whole groups that all parts are alike, as a network is
        compiled for every new shape."""
        if not measure.signal.second_order:
            return measure.compiled(self._task).pass_size
        groups = len(self._task.groups)
        fitting = [some for some in range(1, groups + 1) if groups % some == 0 and some * per_group <= _PART]
        return max(fitting) * per_group if fitting else _PART


def _constant_sums(task: Task, job: tuple[Measure, Batch]) -> Sums:
    measure, part = job
    return measure.constant_sums(task, part)
