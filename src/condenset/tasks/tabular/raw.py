"""A table before anything is decided about it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class RawTable:
    """A table before anything is decided about it.

    Attributes:
        name: of the task.
        frame: all rows, or the training rows where there are test rows.
        target: the name of the column to predict.
        sha256: of the raw content of `frame`, hex.
        test: test rows, where the data defines them.
        kind: "classification" or "regression"; None: by the target's values.
        files: bytes of the files that hold `frame`; None: in no file.
        why: why the target is that column.
        validation: rows to choose settings on, where the data define them.
    """

    name: str
    frame: pd.DataFrame
    target: str
    sha256: str
    test: pd.DataFrame | None = None
    kind: str | None = None
    files: int | None = None
    why: str = "as asked"
    validation: pd.DataFrame | None = None
