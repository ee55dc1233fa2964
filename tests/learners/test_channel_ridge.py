"""Ridge regression with one map for all channels."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

from condenset.core.batch import concatenate
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.evaluation.exam import named_exam
from condenset.learners.channel_ridge import ChannelRidgeRegression
from condenset.tasks.catalogue import open_task
from tests.conftest import data_file, golden
from tests.tasks.series.example import series


def test_it_is_ridge_regression_of_every_channel_of_every_window() -> None:
    task = series()
    train, test = task.train.select(torch.arange(0, 80, 3)), task.held_out()
    rows = np.concatenate([train.inputs[..., c].numpy() for c in (0, 1)])
    rows = np.concatenate([rows, np.ones((len(rows), 1))], axis=1)
    goals = np.concatenate([train.targets.unflatten(1, (4, 2))[..., c].numpy() for c in (0, 1)])
    alpha = 0.1 * float(np.mean(np.sum(rows.astype(float) ** 2, axis=0)))
    model = Ridge(alpha=alpha, fit_intercept=False).fit(rows.astype(float), goals.astype(float))
    found = ChannelRidgeRegression(0.1).fit(train, task, Rng(0))(test.inputs).unflatten(1, (4, 2))
    for channel in (0, 1):
        row = np.concatenate([test.inputs[..., channel].numpy(), np.ones((len(test), 1))], axis=1)
        assert np.allclose(found[..., channel], model.predict(row), atol=1e-4)


def test_weights_count_examples() -> None:
    task = series()
    batch = task.train.select(torch.arange(20))
    twice = concatenate([batch, batch.select(torch.arange(5))])
    weighted = concatenate([batch])
    weighted.weight[:5] = 2.0
    first, second = (ChannelRidgeRegression().fit(b, task, Rng(0))(batch.inputs) for b in (twice, weighted))
    assert torch.allclose(first, second, atol=1e-6)


def test_an_exam_names_it_with_its_field() -> None:
    exam = named_exam("forecast")
    (learner,) = exam.learners(series(), ("channel-ridge:regulariser=0.5",)).values()
    assert learner == ChannelRidgeRegression(0.5)
    for wrong in ("other=1", "regulariser=much"):
        with pytest.raises(RequestError, match="has one field"):
            exam.learners(series(), (f"channel-ridge:{wrong}",))


@pytest.mark.all_vectors
def test_all_of_the_transformers_data_forecast_as_the_closed_form_that_is_known() -> None:
    data_file("series/ETTh1.csv")
    known, task = golden("modalities/series_text_multimodal_etth1_ridge"), open_task("etth1")
    found = task.grade(ChannelRidgeRegression(1e-4).fit(task.train.all(), task, Rng(0)), Rng(0))
    expected = known["out_metrics"][0, 1]  # linear, lambda 1e-4: validation MSE and MAE, test MSE and MAE
    assert [found["mse"], found["mae"]] == pytest.approx(expected[2:].tolist(), abs=2e-4)
