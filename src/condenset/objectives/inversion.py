"""Model inversion: examples that a trained network recognises, and whose statistics in its batch normalisations are
those that these keep of the data (Yin et al., SRe2L, NeurIPS 2023, arXiv 2306.13092)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor
from torch.linalg import vector_norm

from condenset.core.batch import Batch
from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.nets.layer_inputs import NormStatistics, with_norm_statistics
from condenset.objectives.objective import StatelessObjective, Terms
from condenset.objectives.zoom import Zoom
from condenset.samplers.sampler import some_of
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet, ranks
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Inversion(StatelessObjective):
    """What counts how much beside the mean loss of the examples. Where a source says a stage, a step sees the items of
    that rank in their groups.

    Attributes:
        statistics: weight of how far means and variances of the normalisations' inputs are from the running ones.
        first: times which the first normalisation counts.
        variation: weight of the images' total variation.
        length: weight of the mean length of an example as a vector.
        of_set: examples per group and step, random ones; None: all.
        variance: times which variances count in the statistics.
        zoom: the squares that examples are seen by; None: they are seen whole.
    """

    statistics: float = 0.01
    first: float = 10.0
    variation: float = 0.0
    length: float = 0.0
    of_set: int | None = None
    variance: float = 1.0
    zoom: Zoom | None = None

    def measured(self, synthetic: SyntheticSet, draw: Draw, task: Task, rng: Rng, execution: Execution) -> Terms:
        """The mean loss, "classification", and what is weighted. Raises `RequestError` without batch normalisation."""
        batch = draw.augmented(self._seen(synthetic, draw, task, rng), task)
        inputs = batch.inputs
        output, layers = with_norm_statistics(draw.network, inputs)
        terms = {
            "classification": task.mean_loss(output.logits, batch),
            "statistics": self.statistics * distance(layers, self.first, self.variance),
        }
        if self.variation:
            terms["variation"] = self.variation * total_variation(inputs)
        if self.length:
            terms["length"] = self.length * vector_norm(inputs.flatten(1), dim=1).mean()
        return terms

    def _seen(self, synthetic: SyntheticSet, draw: Draw, task: Task, rng: Rng) -> Batch:
        """Examples as the step sees them, before its augmentation."""
        batch = synthetic.decode()
        if draw.stage is None:
            batch = some_of(batch, len(task.groups), self.of_set, rng.child("synthetic"))
        else:
            batch = batch.select((ranks(batch.groups) == draw.stage).nonzero().flatten())
        if self.zoom is None:
            return batch
        return replace(batch, inputs=self.zoom(batch.inputs, draw.progress, rng.child("zoom")))


def distance(layers: Iterable[NormStatistics], first: float, variance: float = 1.0) -> Float[Tensor, ""]:
    """Sum over normalisations of |mean - running one| and `variance` times |variance - running one|, the first one's
    times `first`."""
    apart = [
        variance * vector_norm(layer.variance - layer.running_variance) + vector_norm(layer.mean - layer.running_mean)
        for layer in layers
    ]
    return first * apart[0] + torch.stack(apart[1:] or [apart[0].new_zeros(())]).sum()


def total_variation(images: Float[Tensor, "n channels height width"]) -> Float[Tensor, ""]:
    """Sum of the lengths of the differences to the neighbours at the right, below, and on both diagonals."""
    upper, lower, left, right = images[:, :, :-1], images[:, :, 1:], images[..., :-1], images[..., 1:]
    diagonals = upper[..., :-1] - lower[..., 1:], lower[..., :-1] - upper[..., 1:]
    return torch.stack([vector_norm(part) for part in (left - right, upper - lower, *diagonals)]).sum()
