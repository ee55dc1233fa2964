"""What `condenset distill` says beside its answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from tests.run.conftest import Cli, customers, photos


def test_a_table_is_said_to_be_what_it_was_taken_for(cli: Cli, tmp_path: Path) -> None:
    path = customers(tmp_path / "customers.csv")
    pd.read_csv(path).assign(number=np.arange(120) + 1).reindex(columns=["number", "age", "plan", "churn"]).to_csv(
        path, index=False
    )
    told = cli("distill", path, "--method", "random", "--per-class", "2", "--out", "made", "--json")
    record = told.record["recognised"]
    assert record["target"].startswith("churn, the last column, since none was named")
    assert record["columns"] == {"number": "integer", "age": "integer", "plan": "category"}
    assert "note: column 'number' is different in every row" in told.err and record["doubts"][0] in told.err
    assert "  target: churn, the last column" in told.err and "  test: 24 rows, 20% of the data" in told.err
    assert told.record["sizes"]["data"] == {"items": 96, "disk": round(path.stat().st_size * 0.8)}


def test_photos_are_said_to_be_resized_and_weighed_as_files(cli: Cli, tmp_path: Path) -> None:
    folder = photos(tmp_path / "flowers")
    told = cli("distill", folder, "--method", "random", "--per-class", "1", "--out", "made")
    assert "colour pictures of 32 × 32 pixels, brought there from " in told.err
    assert "on disk (" in told.out and "for 30 examples of " in told.out
