"""Recovery by statistics of the data: examples that trained networks recognise, and of which their layers read what
they read of the data: as a whole, and of every class by itself (Shao et al., G-VBSM, CVPR 2024, arXiv 2311.17950, and
EDC, NeurIPS 2024, arXiv 2404.13733; Xiao and He, LPLD, NeurIPS 2024, arXiv 2410.15919)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor
from torch.linalg import vector_norm

from condenset.core.batch import Batch
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.kernels.densification import thinness
from condenset.objectives.zoom import Zoom
from condenset.samplers.random import random
from condenset.samplers.sampler import some_of
from condenset.signals.layer_statistics import LayerStatistics
from condenset.signals.signal import Sums
from condenset.sources.gateway import Gateway, Measure
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

_POOLED = 8  # pixels along a side of what tells images' directions


@dataclass(frozen=True)
class Recovery:
    """What counts how much beside the mean loss of the examples.

    Attributes:
        signal: the statistics.
        statistics: weight of how far they are from those of the data.
        first: times which the first layer counts.
        by_group: share of that which is of every class by itself; the rest is of all together.
        thinness: weight of how few directions the images of a class span, see `thinness`.
        per_group: real examples of a class, measured once under every network.
        of_set: examples per class and step, random ones; None: all.
        classes: whose examples a step sees, random ones; None: all.
        zoom: the squares that examples are seen by; None: they are seen whole.
    """

    signal: LayerStatistics = field(default_factory=LayerStatistics)
    statistics: float = 0.01
    first: float = 10.0
    by_group: float = 0.0
    thinness: float = 0.0
    per_group: int = 200
    of_set: int | None = None
    classes: int | None = None
    zoom: Zoom | None = None

    def begin(self, task: Task, execution: Execution = HERE) -> RunningRecovery:
        """Start for one run."""
        return RunningRecovery(self, task, execution)


class RunningRecovery:
    """What the data say is kept by the network that it is said under."""

    def __init__(self, objective: Recovery, task: Task, execution: Execution) -> None:
        """Args: objective, its numbers; task, the data; execution, of the run."""
        self._objective, self._task, self._execution = objective, task, execution
        self._gateway = Gateway(task, execution)

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """The mean loss, "classification", and what is weighted."""
        weights, seen = self._objective, self._seen(synthetic, rng)
        batch = draw.augmented(self._zoomed(seen, draw, rng), self._task)
        output, own = weights.signal.read(draw.network, batch, self._task)
        terms = {
            "classification": self._task.mean_loss(output.logits, batch),
            "statistics": weights.statistics * self._distance(own, self._real(draw, rng)),
        }
        if weights.thinness:
            terms["thinness"] = weights.thinness * self._thinness(seen)
        return terms

    def _seen(self, synthetic: SyntheticSet, rng: Rng) -> Batch:
        batch, groups = synthetic.decode(), len(self._task.groups)
        if self._objective.classes is not None:
            there = batch.groups.unique()  # a shard of a set has some of the classes only
            chosen = torch.randperm(len(there), generator=rng.child("classes").torch())[: self._objective.classes]
            batch = batch.select(torch.isin(batch.groups, there[chosen.to(there)]).nonzero().flatten())
        return some_of(batch, groups, self._objective.of_set, rng.child("synthetic"))

    def _zoomed(self, batch: Batch, draw: Draw, rng: Rng) -> Batch:
        zoom = self._objective.zoom
        return batch if zoom is None else replace(batch, inputs=zoom(batch.inputs, draw.progress, rng.child("zoom")))

    def _real(self, draw: Draw, rng: Rng) -> Sums:
        """Of real examples, seen as they are."""
        measure = Measure(self._objective.signal, replace(draw, augmentation=None), 1, self._execution)
        return self._gateway.sums(measure, random, self._objective.per_group, rng)

    def _distance(self, own: Sums, real: Sums) -> Float[Tensor, ""]:
        """A sum over layers: of the classes that are there, each by itself, on average, and of all together."""
        there, share = own.counts > 0, self._objective.by_group
        parts = []
        if share:
            parts.append(share * torch.stack(list(self._apart(own, real)))[:, there].mean(1))
        if share < 1:
            parts.append((1 - share) * torch.stack(list(self._apart(_together(own), _together(real))))[:, 0])
        layers = torch.stack(parts).sum(0)
        return self._objective.first * layers[0] + layers[1:].sum()

    def _apart(self, own: Sums, real: Sums) -> Iterator[Float[Tensor, " groups"]]:
        """Of every layer and group: |mean - real mean| + |variance - real variance|."""
        pairs = zip(*map(self._objective.signal.compared, (own, real)), strict=True)
        lengths = iter([vector_norm(ours - theirs, dim=1) for ours, theirs in pairs])
        yield from (mean + next(lengths) for mean in lengths)

    def _thinness(self, batch: Batch) -> Float[Tensor, ""]:
        small = F.adaptive_avg_pool2d(batch.inputs, _POOLED).flatten(1)
        return torch.stack([thinness(small[batch.groups == group]) for group in batch.groups.unique()]).mean()


def _together(sums: Sums) -> Sums:
    """Of all groups as one."""
    return Sums(tuple(total.sum(0, keepdim=True) for total in sums.totals), sums.counts.sum(0, keepdim=True))
