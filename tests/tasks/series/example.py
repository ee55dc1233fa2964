"""A small series: two noisy waves with a daily and a weekly part, as arrays and as a file of a user."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from condenset.tasks.series import series_from_arrays
from condenset.tasks.task import Task


def waves(rows: int = 160, seed: int = 0) -> np.ndarray:
    """(rows, 2): periods of 8 and 20 steps, in units of their own."""
    time, noise = np.arange(rows), np.random.default_rng(seed).normal(size=(rows, 2))
    clean = np.stack([np.sin(2 * np.pi * time / 8), np.cos(2 * np.pi * time / 20)], axis=1)
    return clean * [3.0, 50.0] + [10.0, -200.0] + noise * [0.3, 5.0]


def series(rows: int = 160, **options: Any) -> Task:
    """8 steps to the next 4."""
    return series_from_arrays(waves(rows), **{"lookback": 8, "horizon": 4} | options)


def frame(rows: int = 160, freq: str = "h") -> pd.DataFrame:
    """The waves with their times."""
    times = pd.date_range("2024-03-01", periods=rows, freq=freq)
    return pd.DataFrame({"when": times.astype(str), "load": waves(rows)[:, 0], "heat": waves(rows)[:, 1]})


def written(table: pd.DataFrame, folder: Path) -> Path:
    """The table as a CSV file."""
    table.to_csv(folder / "own.csv", index=False)
    return folder / "own.csv"
