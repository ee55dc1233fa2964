"""Time series: the last steps of some channels to their next steps."""

from __future__ import annotations

from condenset.tasks.contender import Contender
from condenset.tasks.exporting import csv_of
from condenset.tasks.option import Option
from condenset.tasks.series.exporting import table, write_arrays
from condenset.tasks.series.loading import (
    open_series,
    recognise,
    series_from_arrays,
    series_from_object,
    takes_series,
)
from condenset.tasks.series.preview import draw_preview
from condenset.tasks.task import Modality, Objects

__all__ = ["MODALITY", "open_series", "series_from_arrays"]

MODALITY = Modality(
    name="series",
    network="dlinear",
    kernel="ntk",
    regulariser=1e-2,
    codec="raw",
    exam="forecast",
    teachers=("channel-ridge",),
    learners=("dlinear", "channel-ridge"),
    rivals=("random-slice",),
    datasets={
        "etth1": "17 420 hours of a transformer, 6 loads and the temperature of its oil; 12, 4 and 4 months of them",
        "exchange-rate": "7 588 days of the exchange rates of eight countries, 1990 to 2016; 7 : 1 : 2 in time",
    },
    offers=("sequence", "forecast", "independent", "differentiable", "kernel", "teachers"),
    open=open_series,
    recognise=recognise,
    objects=Objects(
        accepted=("with task='series' a pandas DataFrame with a column of times, or values (rows, channels)",),
        takes=takes_series,
        open=series_from_object,
        unasked=False,  # most frames and arrays are tables
    ),
    preview=draw_preview,
    exporters={"npz": write_arrays, "csv": csv_of(table)},
    frame=table,
    items="points",
    categories={"forecast": "time-series-forecasting"},
    options=(
        Option("time_column", "text", "column of the times, where several could be it", "COLUMN"),
        Option("lookback", "whole", "steps that a forecast reads (96)", "STEPS"),
        Option("horizon", "whole", "steps that are forecast (96)", "STEPS"),
        Option("parts", "names", "training, validation and test part: 8640,2880,2880 rows, or shares (0.7,0.1,0.2)"),
        Option("drop", "names", "columns that are no features"),
    ),
    contenders=(Contender("series-ridge"),),
    files=("CSV of numbers at equal steps of time",),
)
