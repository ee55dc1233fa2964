"""Texts: CSV, TSV, JSON lines, and a set of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.fuzz.subject import Subject, of_data, of_set, saved
from tests.tasks.text import example as text


def _texts(name: str) -> Callable[[], None]:
    def make() -> None:
        text.written(text.frame(60), Path(), name)

    return make


SUBJECTS: dict[str, Subject] = {
    "set of texts": of_set(saved(_texts("own.csv"), "own.csv"), exports=("npz", "csv", "jsonl", "hf")),
    "csv of texts": of_data(_texts("own.csv"), "own.csv", "own.csv"),
    "tsv of texts": of_data(_texts("own.tsv"), "own.tsv", "own.tsv"),
    "jsonl of texts": of_data(_texts("own.jsonl"), "own.jsonl", "own.jsonl"),
}
