"""Series for other tools, in their original units."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float

from condenset.core.windows import stretches
from condenset.tasks.exporting import Exported, write_npz


def write_arrays(exported: Exported, out: Path) -> None:
    """Windows x (n, lookback, channels) and y (n, horizon x channels), scaled, with the channels' mean and std.

    Beside them the series that they were cut from, in original units: series (rows, channels), and stretch (rows,),
    the number of the stretch that a row is of.
    """
    found = _original(exported)
    more = {"series": np.concatenate(found), "stretch": np.repeat(np.arange(len(found)), [len(part) for part in found])}
    write_npz(exported, out, lambda inputs: {"x": inputs.numpy()} | more)


def table(exported: Exported) -> pd.DataFrame:
    """The series in original units: a row for every step, with the number of its stretch and of the step in it.

    Windows of lookback and horizon, cut from every stretch at every step, are what the set decodes to.
    """
    frames = []
    for number, part in enumerate(_original(exported)):
        frame = pd.DataFrame(part, columns=list(exported.target.arrays()["channels"]))
        frame.insert(0, "stretch", number)
        frame.insert(1, "step", np.arange(len(part)))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _original(exported: Exported) -> list[Float[np.ndarray, "rows channels"]]:
    mean, std = (np.array(exported.preprocessing[name]) for name in ("mean", "std"))
    return [part.double().numpy() * std + mean for part in stretches(exported.batch)]
