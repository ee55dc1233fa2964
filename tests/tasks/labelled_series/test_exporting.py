"""Series for other tools: in their own units, as arrays, as a table of steps and as .ts that is read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

import condenset
from condenset.core.budget import Size
from condenset.tasks.exporting import Exported
from condenset.tasks.labelled_series import MODALITY, open_labelled_series
from condenset.tasks.labelled_series.ts_file import read_ts
from condenset.tasks.task import Task
from tests.tasks.labelled_series import example

EQUAL, RAGGED = example.task(), example.ragged()


def exported(task: Task, kind: str, folder: Path) -> Path:
    """Four training series, written."""
    some = task.train.select(torch.arange(4))
    set_ = Exported(some, task.name, task.target, task.groups.names, task.preprocessing, None, "")
    MODALITY.exporters[kind](set_, folder / f"set.{kind}")
    return folder / f"set.{kind}"


def close_to_training(task: Task, series: list[np.ndarray], count: int = 60) -> bool:
    real = [one[:, : len(series[0].T)] for one in example.waves(count)[0]]
    return all(min(np.abs(one[:, :12] - other[:, :12]).max() for other in real) < 1e-3 for one in series)


@pytest.mark.parametrize("task", [EQUAL, RAGGED], ids=["equal", "ragged"])
def test_a_ts_file_is_read_back_in_original_units(task: Task, tmp_path: Path) -> None:
    part, header = read_ts(exported(task, "ts", tmp_path))
    assert len(part) == 4 and header.classes == ("fast", "slow") and header.equal == (task is EQUAL)
    assert close_to_training(task, list(part.series))


def test_a_table_of_steps_opens_again_as_series(tmp_path: Path) -> None:
    path = exported(RAGGED, "csv", tmp_path)
    frame = pd.read_csv(path)
    assert list(frame.columns) == ["series", "step", "x0", "x1", "label"]
    task = open_labelled_series(
        path, target="label", series_column="series", time_column="step", ragged=True, test_fraction=0.0
    )
    assert len(task.train) == 4 and close_to_training(RAGGED, [frame[frame.series == 0][["x0", "x1"]].to_numpy().T])


def test_arrays_and_soft_labels(tmp_path: Path) -> None:
    with np.load(exported(EQUAL, "npz", tmp_path)) as arrays:
        assert (
            arrays["x"].shape == (4, 2, 24) and "lengths" not in arrays and close_to_training(EQUAL, list(arrays["x"]))
        )
    with np.load(exported(RAGGED, "npz", tmp_path)) as arrays:
        assert arrays["lengths"].shape == (4,) and list(arrays["classes"]) == ["fast", "slow"]
    soft = condenset.distill(EQUAL, "relabel", size=Size(per_class=1)).to_pandas()
    assert list(soft.columns[-3:]) == ["label", "soft_fast", "soft_slow"] and len(soft) == 48
