"""Synthetic users for other tools: a line for every item that one has."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import torch

from condenset.tasks.exporting import Exported
from condenset.tasks.reading import csv_file


def write_csv(exported: Exported, out: Path) -> None:
    """A CSV file of user, item and weight, and the label where labels differ from the weights; zeros are left out."""
    csv_file.write_csv(table(exported), out)


def table(exported: Exported) -> pd.DataFrame:
    """The lines, user after user, users counted from 0."""
    weights, labels = exported.batch.inputs, exported.target.matrix(exported.batch.targets)
    user, item = ((weights != 0) | (labels != 0)).nonzero(as_tuple=True)
    names = exported.target.arrays()["items"]
    columns = {"user": user.numpy(), "item": names[item.numpy()], "weight": weights[user, item].numpy()}
    if not torch.equal(weights, labels):
        columns["label"] = labels[user, item].numpy()
    return pd.DataFrame(columns)
