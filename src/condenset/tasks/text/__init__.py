"""Texts to sort into classes: sentences, reviews, news."""

from __future__ import annotations

from condenset.tasks.contender import Contender
from condenset.tasks.exporting import csv_of, hub_folder, parquet_of
from condenset.tasks.option import Option
from condenset.tasks.task import Modality, Objects
from condenset.tasks.text.exporting import table, write_jsonl, write_npz
from condenset.tasks.text.loading import open_text, text_from_object
from condenset.tasks.text.preview import draw_preview
from condenset.tasks.text.recognising import recognise, takes_texts

__all__ = ["MODALITY", "open_text", "text_from_object"]

_TYPICAL = {"start.candidates.coreset": "herding", "start.candidates.temperature": 0.1, "start.draws": 1}

MODALITY = Modality(
    name="text",
    network="text-mlp",
    kernel="ntk",
    codec="sentences",
    learnable_codec="text-vectors",
    readable=("sentences",),
    means_are_examples=False,
    exam="text",
    teachers=("logistic",),
    learners=("logistic", "text-mlp", "textcnn"),
    datasets={
        "sst2": "sentences of film reviews, negative or positive; 6 920 + 872 + 1 821, Stanford Sentiment Treebank",
        "ag-news-7600": "news of 4 topics: AG News' test split, 7 600 texts, as a set of its own; 5 700 + 1 900",
    },
    offers=("text", "features", "language", "classes", "independent", "differentiable", "kernel", "teachers"),
    open=open_text,
    recognise=recognise,
    objects=Objects(
        accepted=(
            "a pandas DataFrame with a column of texts and their label",
            "(texts, labels), of which one is a str",
        ),
        takes=takes_texts,
        open=text_from_object,
    ),
    preview=draw_preview,
    exporters={
        "npz": write_npz,
        "csv": csv_of(table),
        "jsonl": write_jsonl,
        "parquet": parquet_of(table),
        "hf": hub_folder(parquet_of(table)),
    },
    frame=table,
    items="texts",
    categories={"classification": "text-classification"},
    options=(
        Option("text_column", "names", "columns of the text"),
        Option("target", "text", "column to predict", "COLUMN"),
        Option(
            "encoder",
            "text",
            "a frozen model that reads them: barlow-twins (trained on images), of timm by name, of texts by folder",
            "MODEL",
        ),
        Option("text_bytes", "whole", "bytes that are read of a text (512)", "BYTES"),
        Option("test_path", "text", "a second file with the test rows", "FILE"),
        Option("test_fraction", "share", "share held out, where the data have no test split", "SHARE"),
    ),
    contenders=(Contender("coreset-search", _TYPICAL), Contender("relabel", {"start": "k-means"})),
    files=("CSV, JSONL or Parquet of texts and labels",),
)
