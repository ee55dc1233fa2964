"""The target of forecasts."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.registries import TARGETS
from condenset.core.rng import Rng
from condenset.tasks.targets.forecast import Forecast
from condenset.tasks.targets.target import Target

TARGET = Forecast(3, ("a", "b"), (0.0, 1.0), (1.0, 2.0))


def test_it_is_a_target_of_horizon_times_channels() -> None:
    assert isinstance(TARGET, Target) and TARGETS.get("forecast") is Forecast
    assert (TARGET.outputs, TARGET.hard_bytes, TARGET.output_spec.shape) == (6, 24, (6,))
    assert not any(metric.higher_is_better for metric in TARGET.metrics)
    assert TARGET.describe() == "the next 3 steps of 2 channels: a, b"


def test_errors_are_means_over_windows_steps_and_channels() -> None:
    predictions, targets = torch.randn(2, 5, 6, generator=Rng(0).torch())
    error = (predictions - targets).numpy()
    expected = {"mse": float(np.mean(error**2)), "mae": float(np.mean(np.abs(error)))}
    assert TARGET.grades(predictions, targets) == pytest.approx(expected, rel=1e-6)
    assert TARGET.loss(predictions, targets).mean().item() == pytest.approx(expected["mse"], rel=1e-6)


def test_other_targets_are_refused() -> None:
    TARGET.expect(torch.zeros(2, 6))
    for wrong in (torch.zeros(2, 5), torch.zeros(2, 6, dtype=torch.int64), torch.zeros(2, 3, 2)):
        with pytest.raises(RequestError, match=r"expected \(n, 6\)"):
            TARGET.expect(wrong)
