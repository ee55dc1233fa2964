"""Tables in memory."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from condenset.core.errors import DataError
from condenset.tasks.columns.column import decode_matrix, from_fields
from condenset.tasks.tabular.loading import table_from_arrays


def test_arrays_keep_their_order_and_values() -> None:
    rng = np.random.default_rng(0)
    features, targets = rng.normal(size=(30, 3)), np.arange(30) % 2
    task = table_from_arrays(features, targets)
    columns = from_fields(task.preprocessing["columns"])
    decoded = decode_matrix(task.train.batch.inputs.numpy(), columns)
    assert decoded.columns.tolist() == ["x0", "x1", "x2"] and task.source == {}
    np.testing.assert_allclose(decoded.to_numpy(), features, atol=1e-6)
    assert task.train.batch.targets.tolist() == targets.tolist() and task.fingerprint["rows"] == 30


def test_pandas_objects_are_aligned_by_position_and_keep_their_names() -> None:
    frame = pd.DataFrame({"target": [1.5, 2.5, 3.5, 4.5], "c": ["a", "b", "a", "b"]}, index=[9, 8, 7, 6])
    task = table_from_arrays(frame, pd.Series([0.1, 0.2, 0.35, 0.4], name="target"))
    assert task.target.kind == "regression" and task.preprocessing["target"]["name"] == "target_"
    assert frame.columns.tolist() == ["target", "c"]
    goal = np.array([0.1, 0.2, 0.35, 0.4])
    np.testing.assert_allclose(task.train.batch.targets[:, 0], (goal - goal.mean()) / goal.std(), rtol=1e-5)


@pytest.mark.parametrize(
    ("features", "targets", "message"),
    [
        (np.zeros((3, 2)), [0, 1], "one target for each row"),
        (np.zeros(3), [0, 1, 0], r"expected \(rows, columns\)"),
        (np.zeros((0, 2)), [], "0 rows"),
        (np.full((4, 1), np.inf), [0, 1, 0, 1], "infinite values in the rows, column 'x0'"),
        (pd.DataFrame(np.zeros((2, 2)), columns=["a", "a"]), [0, 1], "'a' occur more than once"),
    ],
)
def test_unusable_arrays(features: object, targets: list, message: str) -> None:
    with pytest.raises(DataError, match=message):
        table_from_arrays(features, targets)
