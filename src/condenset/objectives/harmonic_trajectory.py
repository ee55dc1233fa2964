"""Trajectory matching of a series whose harmonics stay as strong as those of real stretches (HDT: Hong et al., Harmonic
Dataset Distillation for Time Series Forecasting, AAAI 2026, arXiv 2603.03760).

Beside the trajectory it minimises how far the amplitudes of the set's harmonics are from those of a real stretch of the
same length, at the harmonics that are strongest there; every step draws another one.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.errors import RequestError
from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.core.windows import stretches
from condenset.kernels.harmonics import harmonic_distance
from condenset.objectives.objective import Terms
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.sources.source import Draw
from condenset.starts.slice import slice as slice_of
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class HarmonicTrajectory(TrajectoryMatching):
    """Beside what `TrajectoryMatching` has:

    Attributes:
        harmonics: strongest ones that are matched, in every channel.
        weight: of their distance.
    """

    harmonics: int = 20
    weight: float = 0.1

    def measured(self, synthetic: SyntheticSet, draw: Draw, task: Task, rng: Rng, execution: Execution) -> Terms:
        """Two terms: "trajectory", and "harmonics", the weighted distance of amplitudes.

        Raises `RequestError` for a set that stores no series.
        """
        codec, series = synthetic.codec, synthetic.codec.series()
        if series is None:
            raise RequestError(f"{type(codec).__name__} stores no series: take the codec harmonics or series")
        real = _stretch(len(codec()), task, rng.child("real"))
        distance = harmonic_distance(real, series, self.harmonics)
        return super().measured(synthetic, draw, task, rng, execution) | {"harmonics": self.weight * distance}


def _stretch(windows: int, task: Task, rng: Rng) -> Float[Tensor, "steps channels"]:
    """A random stretch of the training data that so many windows cover."""
    (stretch,) = stretches(slice_of(task, torch.tensor([windows]), rng))
    return stretch
