"""Tables: numbers, integers, categories and dates to a class or a number."""

from __future__ import annotations

from condenset.tasks.contender import Contender
from condenset.tasks.exporting import csv_of, hub_folder, parquet_of, write_npz
from condenset.tasks.option import Option
from condenset.tasks.tabular.exporting import table
from condenset.tasks.tabular.loading import open_table, recognise, table_from_arrays
from condenset.tasks.tabular.objects import table_from_object, takes_rows
from condenset.tasks.tabular.preview import preview
from condenset.tasks.task import Modality, Objects

__all__ = ["MODALITY", "open_table", "table_from_arrays"]

MODALITY = Modality(
    name="tabular",
    network="mlp",
    kernel="ntk",
    codec="table-row",
    readable=("table-row",),
    exam="tabular",
    teachers=("forest:trees=100", "logistic"),
    learners=("logistic", "mlp", "boosting"),
    datasets={
        "iris": "150 flowers, 4 measures, 3 species; with scikit-learn",
        "wine": "178 wines, 13 measures, 3 cultivars; with scikit-learn",
        "breast-cancer": "569 biopsies, 30 measures, benign or malignant; with scikit-learn",
        "diabetes": "442 patients, 10 measures, progression of the disease (a number); with scikit-learn",
        "adult": "census 1994, 13 columns, income above 50 000; 32 561 + 16 281 rows, UCI",
        "german": "1 000 credits, 20 columns, good or bad; UCI",
        "abalone": "4 177 molluscs, 8 columns, number of rings (a number); UCI",
        "wine-quality": "4 898 white wines, 11 measures, quality (a number); UCI",
        "compas": "recidivism within two years, 10 columns; ProPublica",
    },
    offers=("features", "columns", "classes", "independent", "differentiable", "kernel", "teachers"),
    open=open_table,
    recognise=recognise,
    objects=Objects(
        accepted=(
            "a pandas DataFrame with target=",
            "(X, y) with X (rows, columns)",
            "a torch Dataset of (vector, target)",
            "a Hugging Face Dataset of columns with target=",
        ),
        takes=takes_rows,
        open=table_from_object,
    ),
    preview=preview,
    exporters={
        "npz": write_npz,
        "parquet": parquet_of(table),
        "csv": csv_of(table),
        "hf": hub_folder(parquet_of(table)),
    },
    frame=table,
    general=True,
    items="rows",
    categories={"classification": "tabular-classification", "regression": "tabular-regression"},
    options=(
        Option("target", "text", "column to predict", "COLUMN"),
        Option("kind", "classification|regression", "of the target, where its values do not tell", "KIND"),
        Option("drop", "names", "columns that are no features"),
        Option("test_path", "text", "a second file with the test rows", "FILE"),
        Option("test_fraction", "share", "share held out, where the data have no test split", "SHARE"),
        Option("skip_unreadable", "flag", "leave out broken files and shards instead of stopping"),
        Option(
            "memory_limit",
            "bytes",
            "read from disk what would take more than this in memory (half of the memory; 0: in any case)",
        ),
    ),
    contenders=(Contender("relabel", {"start": "k-means"}),),
    files=("CSV, Parquet or NPZ of rows", "a Hugging Face dataset folder"),
)
