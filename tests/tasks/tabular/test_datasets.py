"""The known tables, checked against counts that were taken from the files by other means."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_iris

from condenset.core.errors import DataError, UnknownNameError
from condenset.tasks.columns.column import Category, from_fields
from condenset.tasks.tabular import MODALITY, open_table
from condenset.tasks.tabular.datasets import known, read_known


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


@pytest.mark.real_data("tabular/adult-train.csv", "tabular/adult-test.csv")
def test_adult() -> None:
    task = open_table("adult")
    assert task.target.classes == ("<=50K", ">50K")
    assert task.train.counts().tolist() == [24720, 7841]
    assert task.held_out().targets.bincount().tolist() == [12435, 3846]
    columns = from_fields(task.preprocessing["columns"])
    assert len(columns) == 13 and "fnlwgt" not in {column.name for column in columns}
    gaps = {column.name for column in columns if isinstance(column, Category) and column.missing}
    assert gaps == {"workclass", "occupation", "native-country"}
    assert task.fingerprint["sha256"].startswith("5b00264637db")


@pytest.mark.real_data("tabular/german.csv", "tabular/abalone.csv", "tabular/winequality-white.csv")
@pytest.mark.parametrize(
    ("name", "rows", "columns"), [("german", 1000, 20), ("abalone", 4177, 8), ("wine-quality", 4898, 11)]
)
def test_uci_sizes(name: str, rows: int, columns: int) -> None:
    table = read_known(name)
    assert table.frame.shape == (rows, columns + 1) and not table.frame.isna().any().any()


@pytest.mark.real_data("tabular/german.csv", "tabular/abalone.csv", "tabular/winequality-white.csv")
def test_uci_targets() -> None:
    assert read_known("german").frame["credit"].value_counts().to_dict() == {"good": 700, "bad": 300}
    assert [open_table(name).target.kind for name in ("abalone", "wine-quality")] == ["regression"] * 2


@pytest.mark.real_data("fairness/compas-two-years.csv")
def test_compas_keeps_no_column_that_gives_the_answer() -> None:
    frame = read_known("compas").frame
    assert len(frame) == 6172  # ProPublica's own count after its filter
    assert not {"decile_score", "score_text", "is_recid"} & set(frame.columns)


def test_public_tables_are_cleaned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows made up in the layouts of Adult, German credit and COMPAS."""
    monkeypatch.setenv("CONDENSET_DATA", str(tmp_path))
    (tmp_path / "tabular").mkdir()
    (tmp_path / "fairness").mkdir()
    middle = "{}, 1, HS-grad, 9, Single, Clerk, Own-child, White, Male, 0, 0, 40, Elbonia, {}\n"
    train = ["20, Private, " + middle.format(7, "<=50K"), "31, ?, " + middle.format(8, ">50K")] * 10
    test = ["44, Private, " + middle.format(9, ">50K."), "52, ?, " + middle.format(5, "<=50K.")] * 3
    for part, lines in (("train", train), ("test", test)):
        rows = "".join(line.replace(", 1, ", ", ", 1) for line in lines)
        (tmp_path / f"tabular/adult-{part}.csv").write_text(rows)
    adult = open_table("adult")
    assert adult.target.classes == ("<=50K", ">50K") and adult.held_out().targets.bincount().tolist() == [3, 3]
    columns = from_fields(adult.preprocessing["columns"])
    assert "fnlwgt" not in {column.name for column in columns}
    assert {c.name for c in columns if isinstance(c, Category) and c.missing} == {"workclass"}
    (tmp_path / "tabular/german.csv").write_text("".join(f"{'A1,' * 20}{row % 2 + 1}\n" for row in range(6)))
    assert read_known("german").frame["credit"].tolist() == ["good", "bad"] * 3
    compas = {
        "age": range(5), "days_b_screening_arrest": [0, 31, -30, 1, 2], "is_recid": [1, 0, 0, -1, 0],
        "c_charge_degree": ["F", "M", "M", "F", "O"], "decile_score": 1, "score_text": "Low", "two_year_recid": 0,
    }  # fmt: skip
    pd.DataFrame(compas).to_csv(tmp_path / "fairness/compas-two-years.csv", index=False)
    found = read_known("compas").frame
    assert found["age"].tolist() == [0, 2]
    assert not {"decile_score", "score_text", "is_recid"} & set(found.columns)


def test_absent_data_says_where_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"adult-train.csv is not found .* download it from https://archive"):
        read_known("adult")
    monkeypatch.delenv("CONDENSET_DATA")
    with pytest.raises(DataError, match="CONDENSET_DATA is not set"):
        read_known("compas")
    with pytest.raises(UnknownNameError, match="'iris'"):
        read_known("irs")
