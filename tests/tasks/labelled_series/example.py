"""Small labelled series of two channels: slow and fast waves of any phase, as arrays and as files of a user."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from condenset.tasks.labelled_series import labelled_series_from_object
from condenset.tasks.task import Task

NAMES = ("slow", "fast")
_PERIODS = (20.0, 6.0)


def waves(count: int = 60, steps: int = 24, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(count, 2, steps) in units of their own, the kinds in turn, and their labels."""
    random, time = np.random.default_rng(seed), np.arange(steps)
    kinds = np.arange(count) % 2
    angle = 2 * np.pi * time / np.array(_PERIODS)[kinds, None] + random.uniform(0, 1, (count, 1))
    clean = np.stack([3 * np.sin(angle) + 10, 50 * np.cos(angle) - 200], axis=1)
    return clean + random.normal(size=clean.shape) * [[0.3], [5.0]], np.array(NAMES)[kinds]


def task(count: int = 60, steps: int = 24, **options: Any) -> Task:
    """The waves as a task, a fifth held out."""
    return labelled_series_from_object(waves(count, steps), **options)


def ragged(count: int = 60, **options: Any) -> Task:
    """The same, each cut to a length of its own, from 12 to 23 steps."""
    values, labels = waves(count)
    cut = [series[:, : 12 + number % 12] for number, series in enumerate(values)]
    return labelled_series_from_object((cut, labels), ragged=True, **options)


def ts(values: np.ndarray, labels: np.ndarray, **header: str) -> str:
    """The text of a .ts file. Args: header, what is declared otherwise; "" leaves a line out."""
    said = {
        "problemName": "Waves", "timeStamps": "false", "missing": "false", "univariate": "false", "dimensions": "2",
        "equalLength": "true", "classLabel": "true slow fast",
    } | header  # fmt: skip
    lines = ["# waves", *(f"@{key} {value}" for key, value in said.items() if value), "@data"]
    for series, label in zip(values, labels, strict=True):
        lines.append(":".join([*(",".join(f"{number:.6f}" for number in channel) for channel in series), label]))
    return "\n".join(lines) + "\n"


def archived(folder: Path, train: int = 40, test: int = 20) -> Path:
    """The folder Waves with Waves_TRAIN.ts and Waves_TEST.ts."""
    place = folder / "Waves"
    place.mkdir()
    values, labels = waves(train + test)
    (place / "Waves_TRAIN.ts").write_text(ts(values[:train], labels[:train]))
    (place / "Waves_TEST.ts").write_text(ts(values[train:], labels[train:]))
    return place


def rows(count: int = 60) -> pd.DataFrame:
    """The first channel, a row for each series, its label first."""
    values, labels = waves(count)
    frame = pd.DataFrame(values[:, 0], columns=[f"t{step}" for step in range(values.shape[2])])
    frame.insert(0, "kind", labels)
    return frame


def steps(count: int = 60) -> pd.DataFrame:
    """Both channels, a row for each step."""
    values, labels = waves(count)
    parts = [
        pd.DataFrame(
            {"run": f"r{number}", "second": np.arange(len(one.T)), "left": one[0], "right": one[1], "kind": label}
        )
        for number, (one, label) in enumerate(zip(values, labels, strict=True))
    ]
    return pd.concat(parts, ignore_index=True)


def noisy(count: int = 80) -> Task:
    """A wave of its own for each kind in noise twice as large, so that one series tells little of its kind."""
    random, time = np.random.default_rng(1), np.arange(24)
    kinds = np.arange(count) % 2
    clean = np.sin(2 * np.pi * time / np.array(_PERIODS)[kinds, None])[:, None]
    return labelled_series_from_object((clean + 1.5 * random.normal(size=(count, 1, 24)), np.array(NAMES)[kinds]))
