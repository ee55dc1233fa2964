"""Labelled series: the archive's folder, and a set of them."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.subject import Subject, of_data, of_set, saved
from tests.tasks.labelled_series import example as labelled_series


def _labelled_series() -> None:
    labelled_series.archived(Path(), 20, 10)


SUBJECTS: dict[str, Subject] = {
    "set of labelled series": of_set(saved(_labelled_series, "Waves"), exports=("npz", "csv")),
    "labelled series": of_data(_labelled_series, "Waves", "Waves/*"),
}
