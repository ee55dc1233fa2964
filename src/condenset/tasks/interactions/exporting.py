"""Synthetic users for other tools: a line for every item that one has."""

from __future__ import annotations

import pandas as pd
import torch

from condenset.tasks.exporting import Exported


def table(exported: Exported) -> pd.DataFrame:
    """The lines, user after user, users counted from 0."""
    weights, labels = exported.batch.inputs, exported.target.matrix(exported.batch.targets)
    user, item = ((weights != 0) | (labels != 0)).nonzero(as_tuple=True)
    names = exported.target.arrays()["items"]
    columns = {"user": user.numpy(), "item": names[item.numpy()], "weight": weights[user, item].numpy()}
    if not torch.equal(weights, labels):
        columns["label"] = labels[user, item].numpy()
    return pd.DataFrame(columns)
