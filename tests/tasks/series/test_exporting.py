"""Sets of series for other tools."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import torch

from condenset.core.batch import Batch
from condenset.core.windows import windows_of
from condenset.tasks.exporting import Exported
from condenset.tasks.series import MODALITY
from condenset.tasks.series.exporting import write_arrays
from tests.tasks.series.example import series, waves


def exported(batch: Batch) -> Exported:
    task = series()
    return Exported(batch, task.name, task.target, task.groups.names, task.preprocessing, None, "")


def test_the_csv_is_the_series_in_its_own_units(tmp_path: Path) -> None:
    MODALITY.exporters["csv"](exported(series().train.select(torch.arange(20, 50))), tmp_path / "set.csv")
    table = pd.read_csv(tmp_path / "set.csv")
    assert list(table) == ["stretch", "step", "x0", "x1"] and (table["stretch"] == 0).all()
    assert np.allclose(table[["x0", "x1"]], waves()[20:61], rtol=1e-4)


def test_stretches_are_numbered_and_decode_to_the_windows(tmp_path: Path) -> None:
    batch = series().train.select(torch.tensor([3, 4, 5, 40, 41]))
    MODALITY.exporters["csv"](exported(batch), tmp_path / "set.csv")
    table = pd.read_csv(tmp_path / "set.csv")
    assert table.groupby("stretch").size().tolist() == [14, 13]
    target, cut = series().target, []
    for _, part in table.groupby("stretch"):
        scaled = (part[["x0", "x1"]].to_numpy() - target.mean) / target.std
        cut.append(windows_of(torch.from_numpy(scaled).float(), 8, 4)[0])
    assert torch.allclose(torch.cat(cut), batch.inputs, atol=1e-4)


def test_arrays_are_exact(tmp_path: Path) -> None:
    batch = series().train.select(torch.arange(20, 50))
    write_arrays(exported(batch), tmp_path / "set.npz")
    with np.load(tmp_path / "set.npz", allow_pickle=False) as arrays:
        assert np.array_equal(arrays["x"], batch.inputs.numpy()) and np.array_equal(arrays["y"], batch.targets.numpy())
        assert np.allclose(arrays["series"], waves()[20:61], rtol=1e-5)
        assert arrays["stretch"].tolist() == [0] * 41 and arrays["channels"].tolist() == ["x0", "x1"]
        assert np.allclose(arrays["mean"], series().target.mean) and int(arrays["horizon"]) == 4
