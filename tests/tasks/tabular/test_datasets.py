"""The known tables, checked against counts that were taken from the files by other means."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris

from condenset.core.errors import DataError, UnknownNameError
from condenset.tasks.tabular import MODALITY, open_table
from condenset.tasks.tabular.columns import Category, from_fields
from condenset.tasks.tabular.datasets import known, read_known
from tests.conftest import data_file


def test_the_described_tables_are_the_readable_ones() -> None:
    assert sorted(MODALITY.datasets) == list(known())


def test_iris_and_diabetes_are_scikit_learns() -> None:
    iris, diabetes = read_known("iris").frame, read_known("diabetes").frame
    bunch = load_iris()
    np.testing.assert_array_equal(iris.iloc[:, :4], bunch.data)
    assert iris["target"].tolist() == bunch.target_names[bunch.target].tolist()
    np.testing.assert_array_equal(diabetes["target"], load_diabetes().target)
    assert open_table("breast-cancer").target.classes == ("benign", "malignant")
    assert len(open_table("diabetes").groups) == 10


def test_adult() -> None:
    data_file("tabular/adult-test.csv")
    task = open_table("adult")
    assert task.target.classes == ("<=50K", ">50K")
    assert task.train.counts().tolist() == [24720, 7841]
    assert task.held_out().targets.bincount().tolist() == [12435, 3846]
    columns = from_fields(task.preprocessing["columns"])
    assert len(columns) == 13 and "fnlwgt" not in {column.name for column in columns}
    gaps = {column.name for column in columns if isinstance(column, Category) and column.missing}
    assert gaps == {"workclass", "occupation", "native-country"}
    assert task.fingerprint["sha256"].startswith("5b00264637db")


@pytest.mark.parametrize(
    ("name", "rows", "columns"), [("german", 1000, 20), ("abalone", 4177, 8), ("wine-quality", 4898, 11)]
)
def test_uci_sizes(name: str, rows: int, columns: int) -> None:
    data_file("tabular/german.csv")
    table = read_known(name)
    assert table.frame.shape == (rows, columns + 1) and not table.frame.isna().any().any()


def test_uci_targets() -> None:
    data_file("tabular/german.csv")
    assert read_known("german").frame["credit"].value_counts().to_dict() == {"good": 700, "bad": 300}
    assert [open_table(name).target.kind for name in ("abalone", "wine-quality")] == ["regression"] * 2


def test_compas_keeps_no_column_that_gives_the_answer() -> None:
    data_file("fairness/compas-two-years.csv")
    frame = read_known("compas").frame
    assert len(frame) == 6172  # ProPublica's own count after its filter
    assert not {"decile_score", "score_text", "is_recid"} & set(frame.columns)


def test_absent_data_says_where_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"adult-train.csv is not found .* download it from https://archive"):
        read_known("adult")
    monkeypatch.delenv("CONDENSET_DATA")
    with pytest.raises(DataError, match="CONDENSET_DATA is not set"):
        read_known("compas")
    with pytest.raises(UnknownNameError, match="'iris'"):
        read_known("irs")
