"""Sets for other tools."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from condenset.core.batch import Batch
from condenset.tasks.exporting import Exported
from condenset.tasks.interactions import MODALITY
from tests.tasks.interactions import example


def exported(batch: Batch) -> Exported:
    task = example.task()
    return Exported(batch, task.name, task.target, task.groups.names, task.preprocessing, None, "")


def test_a_csv_has_a_line_for_every_item_that_a_user_has(tmp_path: Path) -> None:
    batch = example.task().train.select(torch.arange(3))
    MODALITY.exporters["csv"](exported(batch), tmp_path / "users.csv")
    frame = pd.read_csv(tmp_path / "users.csv")
    assert frame.columns.tolist() == ["user", "item", "weight"]
    assert len(frame) == int(batch.inputs.sum()) and set(frame["weight"]) == {1.0}
    first = frame[frame["user"] == 0]["item"].tolist()
    assert first == [f"i{number:02d}" for number in batch.inputs[0].nonzero().flatten().tolist()]


def test_labels_that_are_learnt_have_a_column(tmp_path: Path) -> None:
    batch = example.task().train.select(torch.arange(2))
    weights, labels = torch.zeros(2, example.ITEMS), torch.zeros(2, example.ITEMS)
    weights[0, 1], labels[1, 2] = 0.5, -0.25
    MODALITY.exporters["csv"](exported(replace(batch, inputs=weights, targets=labels)), tmp_path / "users.csv")
    assert (tmp_path / "users.csv").read_text(encoding="utf8").splitlines() == [
        "user,item,weight,label",
        "0,i01,0.5,0.0",
        "1,i02,0.0,-0.25",
    ]


def test_arrays_name_their_items(tmp_path: Path) -> None:
    batch = example.task().train.select(torch.arange(3))
    MODALITY.exporters["npz"](exported(batch), tmp_path / "users.npz")
    with np.load(tmp_path / "users.npz", allow_pickle=False) as arrays:
        assert np.array_equal(arrays["x"], batch.inputs) and np.array_equal(arrays["y"], batch.targets)
        assert arrays["items"].tolist() == list(example.task().target.arrays()["items"])
