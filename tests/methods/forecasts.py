"""How well short runs of methods teach to forecast a wave that noise nearly hides."""

from __future__ import annotations

from statistics import fmean
from typing import Any

import numpy as np

from condenset.core.budget import Size
from condenset.core.rng import Rng
from condenset.learners.channel_ridge import ChannelRidgeRegression
from condenset.run.distill import distill
from condenset.tasks.series import series_from_arrays
from condenset.tasks.task import Task
from tests.tasks.series.example import waves

SHORT = {
    "steps": 80, "source.experts.count": 2, "source.experts.batch": 32, "source.experts.rate": 0.1,
    "source.starts.end": 6, "objective.inner.steps": 10,
}  # fmt: skip


def noisy() -> Task:
    """8 steps to the next 4; a short slice says little of the wave."""
    noise = np.random.default_rng(5).normal(size=(400, 2)) * [1, 16]
    return series_from_arrays(waves(400) + noise, lookback=8, horizon=4)


def error(method: str, points: int, changes: dict[str, Any]) -> float:
    """Mean squared error on validation data of ridge regression, over two sets."""
    task = noisy()
    sets = [distill(task, method, size=Size(items=points), seed=seed, changes=changes) for seed in (0, 1)]
    return fmean(
        task.validate(ChannelRidgeRegression().fit(found.decode().detach(), task, Rng(0)), Rng(0)) for found in sets
    )
