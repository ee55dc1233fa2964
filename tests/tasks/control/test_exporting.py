"""Pairs for other tools."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from condenset.core.registries import MODALITIES
from condenset.core.rng import Rng
from condenset.tasks.exporting import Exported
from tests.tasks.control.example import log, task


def exported() -> Exported:
    opened = task()
    batch = opened.train.sample(2, Rng(0))
    return Exported(batch, "log", opened.target, opened.groups.names, opened.preprocessing, None, "")


def test_a_table_has_states_in_the_units_of_the_environment_and_its_actions(tmp_path: Path) -> None:
    MODALITIES.get("control").exporters["csv"](exported(), tmp_path / "pairs.csv")
    frame = pd.read_csv(tmp_path / "pairs.csv")
    assert list(frame.columns) == ["position", "velocity", "angle", "angular velocity", "action", "name"]
    assert frame["action"].tolist() == [0, 0, 1, 1]
    assert frame["name"].tolist() == ["left", "left", "right", "right"]
    real = log()
    for row, action in zip(frame.to_numpy()[:, :4].astype(np.float32), frame["action"], strict=True):
        distance = np.abs(real.observations - row).max(1)
        assert distance.min() < 1e-5 and real.actions[distance.argmin()] == action


def test_soft_labels_are_columns(tmp_path: Path) -> None:
    whole = exported()
    soft = replace(whole.batch, targets=torch.tensor([[0.75, 0.25]] * 4))
    MODALITIES.get("control").exporters["csv"](replace(whole, batch=soft), tmp_path / "pairs.csv")
    frame = pd.read_csv(tmp_path / "pairs.csv")
    assert frame["soft_right"].tolist() == [0.25] * 4 and frame["action"].tolist() == [0] * 4


def test_arrays_are_exact(tmp_path: Path) -> None:
    whole = exported()
    MODALITIES.get("control").exporters["npz"](whole, tmp_path / "pairs.npz")
    with np.load(tmp_path / "pairs.npz") as arrays:
        np.testing.assert_array_equal(arrays["x"], whole.batch.inputs)
        assert arrays["classes"].tolist() == ["left", "right"]
