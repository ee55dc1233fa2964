"""HDT: a series that is stored by its harmonics, which stay as strong as those of real stretches.

Differences from the paper: harmonics are chosen once, the strongest of the start over all channels; the experts, the
student and its rate are those of CondTSF here.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.codecs.series import series_codec
from condenset.methods import condtsf
from condenset.objectives.harmonic_trajectory import HarmonicTrajectory
from condenset.recipe import Method, Recipe
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Steps are taken in harmonics, so that each moves all of the series."""
    return replace(
        condtsf.recipe(task, counts),
        codec=series_codec(task, int(counts.sum()), "harmonics"),
        objective=HarmonicTrajectory(condtsf.STUDENT),
        between={},
        contract=Contract(exam=task.modality.exam),
    )


METHOD = Method(
    family="trajectory",
    title="Harmonic Dataset Distillation for Time Series Forecasting",
    venue="AAAI",
    year=2026,
    arxiv="2603.03760",
    needs=("sequence", "forecast"),
    recipe=recipe,
)
