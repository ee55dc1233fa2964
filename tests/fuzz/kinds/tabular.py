"""Tables: CSV, Parquet and NPZ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from tests.fuzz.subject import Subject, of_data


def _frame() -> pd.DataFrame:
    numbers = np.random.default_rng(0)
    age, plan = numbers.integers(18, 80, 60), numbers.choice(["basic", "gold"], 60)
    since = pd.to_datetime("2020-01-01") + pd.to_timedelta(numbers.integers(0, 900, 60), "D")
    return pd.DataFrame({"age": age, "plan": plan, "since": since, "churn": np.where(age > 45, "yes", "no")})


def _rows(suffix: str) -> Callable[[], None]:
    def make() -> None:
        frame = _frame()
        if suffix == "csv":
            frame.to_csv("rows.csv", index=False)
        elif suffix == "parquet":
            frame.to_parquet("rows.parquet")
        else:
            np.savez("rows.npz", X=np.random.default_rng(0).normal(size=(60, 4)), y=np.arange(60) % 2)

    return make


SUBJECTS: dict[str, Subject] = {
    "csv": of_data(_rows("csv"), "rows.csv", "rows.csv", "--target", "churn"),
    "csv without a target": of_data(_rows("csv"), "rows.csv", "rows.csv"),
    "parquet": of_data(_rows("parquet"), "rows.parquet", "rows.parquet", "--target", "churn"),
    "npz of rows": of_data(_rows("npz"), "rows.npz", "rows.npz"),
}
