"""The picture of decoded rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from condenset.core.rng import Rng
from condenset.tasks.tabular import MODALITY
from condenset.tasks.tabular.loading import open_table, table_from_arrays
from condenset.tasks.tabular.preview import picture_rows, preview


def test_cells_are_decoded_values_and_the_target_is_last() -> None:
    frame = pd.DataFrame({"n": [1.5, np.nan, 2.25], "c": ["x" * 30, "y", "y"], "i": [1, 2, 3]})
    task = table_from_arrays(frame, pd.Series(["no", "yes", "yes"], name="paid"))
    names, cells, hidden = picture_rows(task, task.train.batch)
    assert names == ["n", "c", "i", "→ paid"] and hidden == 0
    assert cells == [["1.5", "x" * 17 + "…", "1", "no"], ["–", "y", "2", "yes"], ["2.25", "y", "3", "yes"]]


def test_many_rows_and_columns_are_cut(tmp_path: Path) -> None:
    task = open_table("breast-cancer")
    batch = task.train.draw(40, Rng(0))
    names, cells, hidden = picture_rows(task, batch)
    assert (len(names), len(cells), hidden) == (15, 12, 16)
    preview(task, batch, tmp_path / "rows.png")
    with Image.open(tmp_path / "rows.png") as image:
        shades = np.asarray(image.convert("L"))
    assert (shades < 100).mean() > 0.01  # text was drawn
    assert (shades[:, -4:] > 200).all()  # and none runs over the right edge


def test_vectors_are_the_rows_themselves() -> None:
    inputs = open_table("iris").train.batch.inputs
    assert MODALITY.represent(inputs) is inputs
