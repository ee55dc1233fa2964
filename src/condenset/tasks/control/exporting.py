"""Pairs of state and action for other tools, in the environment's units."""

from __future__ import annotations

import numpy as np
import pandas as pd

from condenset.tasks.exporting import Exported, with_soft


def table(exported: Exported) -> pd.DataFrame:
    """A column for every feature, the action as the environment is told it and its name, then one column of each
    action where labels are soft."""
    how, batch = exported.preprocessing, exported.batch
    states = batch.inputs.numpy() * np.array(how["std"]) + np.array(how["mean"])
    chosen = exported.target.hard(batch.targets).numpy()
    frame = pd.DataFrame(states, columns=how["features"])
    frame["action"] = np.array(how["actions"])[chosen]
    frame["name"] = np.array(exported.groups)[chosen]
    return with_soft(exported, frame)
