"""A picture of labelled series: for every class the synthetic ones in colour, real ones thin behind them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from condenset.core.batch import Batch, Inputs
from condenset.core.structure import lengths, numbers
from condenset.tasks.preview import evenly
from condenset.tasks.task import Task

_CLASSES, _CHANNELS = 8, 6  # drawn at most
_FRONT, _BEHIND = 4, 15  # series of a class drawn at most
_REAL = "#b8bec8"
_COLOURS = ("#c2410c", "#1d4ed8", "#15803d", "#7e22ce")


def draw_preview(task: Task, batch: Batch, path: Path) -> None:
    """Draw decoded series (n, channels, time) into a PNG file, in original units: a column for each class, a row for
    each channel."""
    batch = batch.detach().to("cpu")
    classes, channels = min(len(task.groups), _CLASSES), min(task.input_spec.shape[0], _CHANNELS)
    size = (1.2 + 2.3 * classes, 1.1 + 1.35 * channels)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(channels, classes, sharex=True, sharey="row", squeeze=False)
    for group in range(classes):
        front = _original(task, batch.inputs, (batch.groups == group).nonzero().flatten()[:_FRONT])
        behind = _some_real(task, group)
        grid[0, group].set_title(str(task.groups.names[group]), fontsize=9, parse_math=False)
        for channel in range(channels):
            _draw(grid[channel, group], [one[channel] for one in behind], [one[channel] for one in front])
    for channel in range(channels):
        grid[channel, 0].set_ylabel(str(task.preprocessing["channels"][channel]), fontsize=8, parse_math=False)
    figure.suptitle(_title(task, batch, classes, channels), fontsize=10, parse_math=False)
    figure.supxlabel("step", fontsize=8)
    figure.savefig(path, dpi=110)


def _title(task: Task, batch: Batch, classes: int, channels: int) -> str:
    left = [(len(task.groups) - classes, "classes"), (task.input_spec.shape[0] - channels, "channels")]
    more = "".join(f"; {count} {noun} not shown" for count, noun in left if count)
    most = int(torch.bincount(batch.groups).max())
    some = f", {_FRONT} of a class shown" if most > _FRONT else ""
    return f"{task.name}: {len(batch)} series in colour{some}, real ones behind{more}"


def _draw(axes: Axes, behind: list[Float[np.ndarray, " _"]], front: list[Float[np.ndarray, " _"]]) -> None:
    for line in behind:
        axes.plot(line, color=_REAL, linewidth=0.5)
    for number, line in enumerate(front):
        axes.plot(line, color=_COLOURS[number % len(_COLOURS)], linewidth=1.3)
    axes.tick_params(labelsize=7)
    axes.margins(x=0)
    axes.spines[["top", "right"]].set_visible(False)


def _some_real(task: Task, group: int) -> list[Float[np.ndarray, "channels _"]]:
    """Training series of a class, evenly spaced over the data."""
    members = task.train.members(group)
    chosen = members[evenly(len(members), _BEHIND)]
    part = task.train.select(chosen).to("cpu")
    return _original(task, part.inputs, torch.arange(len(part)))


def _original(task: Task, inputs: Inputs, index: torch.Tensor) -> list[Float[np.ndarray, "channels _"]]:
    """Chosen series in original units, each as long as it is."""
    mean, std = (np.array(task.preprocessing[name])[:, None] for name in ("mean", "std"))
    values, ends = numbers(inputs).numpy(), lengths(inputs)
    return [values[place][:, : None if ends is None else int(ends[place])] * std + mean for place in index.tolist()]
