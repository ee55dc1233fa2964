"""A table whose columns hang together, and the rows of a set that contradict it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch
from jaxtyping import Bool

from condenset.core.rng import Rng
from condenset.tasks.tabular.loading import table_from_arrays
from condenset.tasks.task import Task

SCHOOLS = [f"school {number}" for number in range(12)]
TOWNS = ["Bonn", "Köln", "Trier", "Mainz"]


def table(rows: int = 600) -> tuple[pd.DataFrame, np.ndarray]:
    """Schools, from which follow their years, their town, the town's postage (a fraction) and its code (with gaps); an
    age, from which a stage follows; men, of whom none is a wife; and a target."""
    random = np.random.default_rng(0)
    school, age = random.integers(0, 12, rows), random.integers(18, 60, rows)
    town, man = school % 4, random.random(rows) < 0.5
    role = np.where(man, random.choice(["husband", "child"], rows), random.choice(["wife", "child"], rows))
    frame = pd.DataFrame(
        {
            "years": school + 5,
            "stage": np.where(age < 30, "young", np.where(age < 45, "middle", "old")),
            "sex": np.where(man, "male", "female"),
            "school": np.array(SCHOOLS)[school],
            "town": np.array(TOWNS)[town],
            "postage": np.array([0.7, 1.35, 2.1, 3.3])[town],
            "code": np.array([3.0, np.nan, 5.0, 7.0])[town],
            "age": age,
            "role": role,
            "income": random.normal(2000, 500, rows),
        }
    )
    return frame, ((school > 5) ^ man).astype(int)


def task(rows: int = 600) -> Task:
    """The task of `table`."""
    return table_from_arrays(*table(rows))


def stored(task: Task, rows: int = 500, seed: int = 0) -> torch.Tensor:
    """What an optimiser may have left: numbers and logits (rows, width) of any size."""
    return 3 * torch.randn(rows, *task.input_spec.shape, generator=Rng(seed).torch())


def contradicting(rows: pd.DataFrame) -> Bool[np.ndarray, " rows"]:
    """Which rows could not stand in `table`."""
    frame, _ = table()
    wrong = np.zeros(len(rows), dtype=bool)
    for by, columns in (("school", ["years", "town", "postage", "code"]), ("age", ["stage"])):
        known = frame.drop_duplicates(by).set_index(by)
        for column in columns:
            expected = known[column].reindex(rows[by]).to_numpy()
            given = rows[column].to_numpy()
            wrong |= ~((expected == given) | (pd.isna(expected) & pd.isna(given)))
    man, role = (rows["sex"] == "male").to_numpy(), rows["role"].to_numpy()
    return wrong | (man & (role == "wife")) | (~man & (role == "husband"))
