"""Labelled series to sort into classes: recordings of sensors, of movements, of voices."""

from __future__ import annotations

from condenset.tasks.contender import Contender
from condenset.tasks.exporting import csv_of
from condenset.tasks.labelled_series.exporting import table, write_arrays, write_ts
from condenset.tasks.labelled_series.files import recognise
from condenset.tasks.labelled_series.loading import (
    labelled_series_from_object,
    open_labelled_series,
    takes_labelled_series,
)
from condenset.tasks.labelled_series.preview import draw_preview
from condenset.tasks.option import Option
from condenset.tasks.task import Modality, Objects

__all__ = ["MODALITY", "labelled_series_from_object", "open_labelled_series"]


def _narrow(share: int) -> str:
    return f"cnn1d:width={32 // share}"


_DRAWN = {"start.candidates.coreset": "random", "start.draws": 30}

MODALITY = Modality(
    name="labelled-series",
    network="cnn1d",
    kernel="ntk",
    regulariser=1e-2,
    codec="labelled-series",
    means_are_examples=False,  # of series in different phases nothing is left
    exam="labelled-series",
    teachers=("rocket", "kernel"),
    learners=("cnn1d", "series-transformer", "rocket", "knn:k=1"),
    datasets={
        "ArrowHead": "outlines of projectile points, 3 kinds, 251 steps; 36 + 175, UCR",
        "BasicMotions": "6 channels of a wrist's sensors, 4 activities, 100 steps; 40 + 40, UEA",
        "GunPoint": "a hand that draws a gun or points, 150 steps; 50 + 150, UCR",
        "ItalyPowerDemand": "days of power demand, winter or summer, 24 steps; 67 + 1 029, UCR",
        "JapaneseVowels": "12 cepstra of a vowel, 9 speakers, 7 to 29 steps; 270 + 370, UEA",
        "OSULeaf": "outlines of leaves, 6 kinds, 427 steps; 200 + 242, UCR",
    },
    offers=("series", "features", "classes", "independent", "differentiable", "kernel", "teachers"),
    open=open_labelled_series,
    recognise=recognise,
    objects=Objects(
        accepted=(
            "with task='labelled-series' (series, labels), an array (n, channels, steps) or (n, steps) or a list",
        ),
        takes=takes_labelled_series,
        open=labelled_series_from_object,
        unasked=False,  # most arrays are tables or images
    ),
    preview=draw_preview,
    exporters={"npz": write_arrays, "csv": csv_of(table), "ts": write_ts},
    frame=table,
    items="series",
    narrow=_narrow,
    categories={"classification": "time-series-classification"},
    options=(
        Option("target", "text", "column to predict", "COLUMN"),
        Option("series_column", "text", "column that says which series a row is a step of", "COLUMN"),
        Option("time_column", "text", "column of the times, where several could be it", "COLUMN"),
        Option("ragged", "flag", "series may differ in length"),
        Option("test_path", "text", "a second file with the test rows", "FILE"),
        Option("test_fraction", "share", "share held out, where the data have no test split", "SHARE"),
    ),
    contenders=(Contender("coreset-search", _DRAWN), Contender("relabel", {"start": "k-means"})),
    files=(".ts or NAME_TRAIN files of labelled series",),
)
