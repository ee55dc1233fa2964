"""Labelled series for other tools, in their original units."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float

from condenset.core.structure import lengths, numbers
from condenset.tasks.exporting import Exported, write_npz
from condenset.tasks.labelled.target_code import raw_targets


def original(exported: Exported) -> list[Float[np.ndarray, "channels _"]]:
    """Every series, as long as it is, in original units."""
    ends = lengths(exported.batch.inputs)
    return [row if ends is None else row[:, : int(ends[number])] for number, row in enumerate(_values(exported))]


def write_arrays(exported: Exported, out: Path) -> None:
    """Arrays x (n, channels, time) in original units, lengths (n,) where they differ, y, groups, and what y means."""
    ends = lengths(exported.batch.inputs)
    more = {} if ends is None else {"lengths": ends.numpy()}
    write_npz(exported, out, lambda inputs: {"x": _values(exported)} | more)


def write_ts(exported: Exported, out: Path) -> None:
    """A .ts file, as aeon reads it; soft labels are the likeliest class."""
    series, labels = original(exported), [_word(label) for label in _labels(exported)]
    equal = len({one.shape[1] for one in series}) == 1
    header = {
        "problemName": _word(exported.name), "timestamps": "false", "missing": "false",
        "univariate": str(len(series[0]) == 1).lower(), "dimension": str(len(series[0])),
        "equalLength": str(equal).lower(), "classLabel": " ".join(["true", *(_word(name) for name in exported.groups)]),
    }  # fmt: skip
    lines = [f"@{key} {value}" for key, value in header.items()] + ["@data"]
    for values, label in zip(series, labels, strict=True):
        lines.append(":".join([*(",".join(f"{number:.9g}" for number in channel) for channel in values), label]))
    out.write_text("\n".join(lines) + "\n", encoding="utf8")


def table(exported: Exported) -> pd.DataFrame:
    """A row for every step: the number of its series, the step, its channels, the label, and soft labels beside it."""
    series, labels = original(exported), _labels(exported)
    names, soft = list(exported.preprocessing["channels"]), dict(exported.target.columns(exported.batch.targets))
    frames = []
    for number, values in enumerate(series):
        frame = pd.DataFrame(values.T, columns=names)
        frame.insert(0, "series", number)
        frame.insert(1, "step", np.arange(len(frame)))
        told = {"label": labels.iloc[number]} | {name: column[number] for name, column in soft.items()}
        frames.append(frame.assign(**told))
    return pd.concat(frames, ignore_index=True)


def _values(exported: Exported) -> Float[np.ndarray, "n channels steps"]:
    mean, std = (np.array(exported.preprocessing[name])[:, None] for name in ("mean", "std"))
    return numbers(exported.batch.inputs).double().numpy() * std + mean


def _labels(exported: Exported) -> pd.Series:
    return raw_targets(exported.batch.targets, exported.preprocessing["target"])


def _word(text: object) -> str:
    """Without what the format means something by."""
    return "_".join(str(text).replace(":", " ").split())
