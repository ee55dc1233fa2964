"""Series ridge: its risk falls, it beats a random slice of the same bytes, and the acceptance on real data."""

from __future__ import annotations

from statistics import fmean

import numpy as np
import pytest

from condenset.core.budget import Size
from condenset.core.rng import Rng
from condenset.evaluation.exam import named_exam
from condenset.evaluation.score import evaluate_set
from condenset.learners.channel_ridge import ChannelRidgeRegression
from condenset.run.distill import distill
from condenset.synthetic import SyntheticSet
from condenset.tasks.catalogue import open_task
from condenset.tasks.series import series_from_arrays
from condenset.tasks.task import Task
from tests.conftest import data_file
from tests.tasks.series.example import waves


def error(synthetic: SyntheticSet, task: Task) -> float:
    model = ChannelRidgeRegression().fit(synthetic.decode().detach(), task, Rng(0))
    return task.validate(model, Rng(0))


@pytest.mark.parametrize(("points", "margin"), [(6, 0.8), (30, 0.97)])
def test_it_forecasts_better_than_a_random_slice(points: int, margin: float) -> None:
    """Six points are fewer than a window of twelve steps has. Nothing linear gets below .513, all of the data's."""
    noise = np.random.default_rng(5).normal(size=(400, 2)) * [1, 16]
    task = series_from_arrays(waves(400) + noise, lookback=8, horizon=4)
    own = [distill(task, "series-ridge", size=Size(items=points), seed=seed, changes={"steps": 80}) for seed in (0, 1)]
    slices = [distill(task, "random-slice", size=Size(items=points), seed=seed) for seed in (0, 1)]
    found, rival = (fmean(error(synthetic, task) for synthetic in sets) for sets in (own, slices))
    assert found < margin * rival and found < 0.53


@pytest.mark.slow
@pytest.mark.parametrize(("points", "most"), [(384, 0.39), (50, 0.47)])
def test_dlinear_on_the_transformers_loads(points: int, most: float) -> None:
    """Asked for: .45 at 384 points and .47 at 50; all of the data give .382, a random slice of 384 .445."""
    data_file("series/ETTh1.csv")
    task, exam = open_task("etth1"), named_exam("forecast")
    found, slices = (
        [distill(task, method, size=Size(items=points), seed=seed) for seed in (0, 1)]
        for method in ("series-ridge", "random-slice")
    )
    own, rival = (
        fmean(evaluate_set(synthetic, task, exam, repeats=2).rows[0].mean for synthetic in sets)
        for sets in (found, slices)
    )
    assert own < most and own < 0.95 * rival
