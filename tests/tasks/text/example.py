"""Small reviews of two moods, as lists and as a file of a user: words of a mood among words that any review has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from condenset.tasks.task import Task
from condenset.tasks.text import text_from_object

MOODS = {
    "good": ("warm", "bright", "funny", "clever", "lovely", "moving", "fresh", "joyful"),
    "bad": ("dull", "slow", "clumsy", "bland", "tired", "noisy", "stale", "dreary"),
}
_COMMON = (
    "the", "film", "plot", "scene", "story", "with", "its", "and", "of", "this", "one", "tells", "shows", "actors",
    "camera", "ending", "music", "quite", "rather",
)  # fmt: skip


def reviews(count: int = 120, seed: int = 0) -> tuple[list[str], list[str]]:
    """As many texts of 9 words, the moods in turn, and their labels."""
    random, texts, labels = np.random.default_rng(seed), [], []
    for number in range(count):
        label = list(MOODS)[number % len(MOODS)]
        words = [*random.choice(_COMMON, 7), *random.choice(MOODS[label], 2, replace=False)]
        texts.append(" ".join(random.permutation(words)))
        labels.append(label)
    return texts, labels


def task(count: int = 120, **options: Any) -> Task:
    """The reviews as a task, a fifth held out."""
    return text_from_object(reviews(count), **options)


def frame(count: int = 120) -> pd.DataFrame:
    """The reviews as a table, as users have them."""
    texts, labels = reviews(count)
    return pd.DataFrame({"review": texts, "sentiment": labels})


def written(table: pd.DataFrame, folder: Path, name: str = "own.csv") -> Path:
    """The table as a file, by the ending of its name."""
    path = folder / name
    if path.suffix == ".jsonl":
        table.to_json(path, orient="records", lines=True)
    elif path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    else:
        table.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return path
