"""Texts for other tools: as people read them, or where there is no text the vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from condenset.core.batch import Inputs
from condenset.tasks.exporting import Exported, with_soft
from condenset.tasks.exporting import write_npz as write_arrays
from condenset.tasks.labelled.target_code import raw_targets


def write_jsonl(exported: Exported, out: Path) -> None:
    """A line with a JSON object for every text."""
    table(exported).to_json(out, orient="records", lines=True, force_ascii=False)


def write_npz(exported: Exported, out: Path) -> None:
    """Arrays vector (n, d), words (n, longest), the numbers of the words, and text (n,); y as networks see it."""
    write_arrays(exported, out, _arrays)


def table(exported: Exported) -> pd.DataFrame:
    """Texts with their labels in their original type, then a column of each class where labels are soft.

    Vectors that no text belongs to are columns v0, v1, ...
    """
    batch = exported.batch
    texts = batch.inputs
    names = [f"v{index}" for index in range(texts.vector.shape[1])]
    frame = pd.DataFrame(
        {"text": texts.strings()} if texts.readable else dict(zip(names, texts.vector.T.numpy(), strict=True))
    )
    label = raw_targets(batch.targets, exported.preprocessing["target"])
    return with_soft(exported, frame, label.rename("label" if label.name in frame else label.name))


def _arrays(texts: Inputs) -> dict[str, Any]:
    return {"vector": texts.vector.numpy(), "words": texts.words.numpy(), "text": np.array(texts.strings())}
