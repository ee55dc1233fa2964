"""The tables that are known by name: scikit-learn's own, and UCI and ProPublica originals below CONDENSET_DATA."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from sklearn import datasets

from condenset.core.errors import UnknownNameError
from condenset.tasks.footprint import bytes_on_disk
from condenset.tasks.reading.known import below_data
from condenset.tasks.reading.table_file import frame_hash, read_file
from condenset.tasks.tabular.raw import RawTable

_CUSTOM = "as is the custom with these data"
_UCI = "https://archive.ics.uci.edu/dataset"
_EMBEDDED = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast-cancer": datasets.load_breast_cancer,
    "diabetes": datasets.load_diabetes,
}


def _as_read(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


def _adult(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns="fnlwgt").assign(income=frame["income"].str.rstrip("."))


def _german(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(credit=frame["credit"].map({1: "good", 2: "bad"}))


def _compas(frame: pd.DataFrame) -> pd.DataFrame:
    screened = frame["days_b_screening_arrest"].between(-30, 30)
    kept = frame[screened & (frame["is_recid"] != -1) & (frame["c_charge_degree"] != "O")]
    return kept.drop(columns=["is_recid", "decile_score", "score_text"]).reset_index(drop=True)


@dataclass(frozen=True)
class Layout:
    """Where a public table lies below CONDENSET_DATA and how it reads.

    Attributes:
        files: the table, or its training rows and its test rows.
        origin: page from which a user downloads it.
        target: column to predict.
        names: column names, separated by blanks, where the file has no header line.
        kind: "classification" or "regression"; None: by the target's values.
        clean: what must happen to the rows before they are features.
    """

    files: tuple[str, ...]
    origin: str
    target: str
    names: str = ""
    kind: str | None = None
    clean: Callable[[pd.DataFrame], pd.DataFrame] = _as_read


_FILES = {
    "adult": Layout(
        ("tabular/adult-train.csv", "tabular/adult-test.csv"),
        f"{_UCI}/2/adult",
        "income",
        "age workclass fnlwgt education education-num marital-status occupation relationship race sex capital-gain "
        "capital-loss hours-per-week native-country income",
        clean=_adult,
    ),
    "german": Layout(
        ("tabular/german.csv",),
        f"{_UCI}/144/statlog+german+credit+data",
        "credit",
        "checking duration history purpose amount savings employment installment-rate personal-status debtors "
        "residence property age other-plans housing existing-credits job dependants telephone foreign credit",
        clean=_german,
    ),
    "abalone": Layout(
        ("tabular/abalone.csv",),
        f"{_UCI}/1/abalone",
        "rings",
        "sex length diameter height whole-weight shucked-weight viscera-weight shell-weight rings",
    ),
    "wine-quality": Layout(
        ("tabular/winequality-white.csv",),
        f"{_UCI}/186/wine+quality",
        "quality",
        "fixed-acidity volatile-acidity citric-acid residual-sugar chlorides free-sulfur-dioxide "
        "total-sulfur-dioxide density ph sulphates alcohol quality",
        "regression",
    ),
    "compas": Layout(
        ("fairness/compas-two-years.csv",),
        "https://github.com/propublica/compas-analysis",
        "two_year_recid",
        clean=_compas,
    ),
}


def known() -> tuple[str, ...]:
    """Names of the known tables, sorted."""
    return tuple(sorted([*_EMBEDDED, *_FILES]))


def read_known(name: str) -> RawTable:
    """A known table.

    Raises:
        UnknownNameError: no table has that name.
        DataError: CONDENSET_DATA is not set or the file is not below it.
    """
    if name in _EMBEDDED:
        return _read_embedded(name)
    if name not in _FILES:
        raise UnknownNameError("table", name, known())
    layout = _FILES[name]
    read = [read_file(below_data(name, file, layout.origin), layout.names.split()) for file in layout.files]
    frames = [layout.clean(frame) for frame, _ in read]
    test = frames[1] if len(frames) > 1 else None
    files = bytes_on_disk([below_data(name, layout.files[0], layout.origin)])
    return RawTable(name, frames[0], layout.target, read[0][1], test, layout.kind, files, _CUSTOM)


def _read_embedded(name: str) -> RawTable:
    bunch = _EMBEDDED[name](as_frame=True)
    frame = bunch.frame
    digest = frame_hash(frame)
    if "target_names" in bunch:
        frame = frame.assign(target=[str(bunch.target_names[index]) for index in bunch.target])
    return RawTable(name, frame, "target", digest, why=_CUSTOM)
