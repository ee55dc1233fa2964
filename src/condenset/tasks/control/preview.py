"""A picture of pairs of state and action: where the stored states lie among those of the log."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.tasks.task import Task

_PER_ACTION = 400  # steps of the log that are drawn
_PANELS = 3
_COLOURS = ("#1f6fb4", "#d95f0e", "#2f9e5a", "#9c4fb3", "#b8860b", "#4a4a4a")


def preview(task: Task, batch: Batch, path: Path) -> None:
    """Draws the states of a batch (n, features) into a PNG file, two features a panel in the environment's units,
    coloured by action, over states of the log."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    pairs = panels(task.input_spec.shape[0])
    names = task.preprocessing["features"]
    real, own = (part.detach().to("cpu") for part in (task.train.sample(_PER_ACTION, Rng(0).child("preview")), batch))
    figure = Figure(figsize=(0.8 + 4.2 * len(pairs), 4.2), dpi=110, layout="constrained")
    for axes, (first, second) in zip(np.ravel(figure.subplots(1, len(pairs))), pairs, strict=True):
        for part, style in (
            (real, {"s": 7, "alpha": 0.25, "linewidths": 0}),
            (own, {"s": 130, "edgecolors": "black", "linewidths": 1.2, "zorder": 3}),
        ):
            states, actions = raw(task, part.inputs), task.target.hard(part.targets)
            for action, name in enumerate(task.groups.names):
                chosen = states[actions == action]
                label = name if part is own else None
                axes.scatter(chosen[:, first], chosen[:, second], color=_colour(action), label=label, **style)
        axes.set_xlabel(names[first])
        axes.set_ylabel(names[second])
    figure.axes[0].legend(title="action", fontsize=8)
    figure.suptitle(f"{task.name}: {len(batch)} pairs over states of the log of {len(task.train)}", fontsize=10)
    FigureCanvasAgg(figure).print_png(str(path))


def raw(task: Task, states: Tensor) -> Float[Tensor, "n features"]:
    """States (n, features) in the environment's units."""
    mean, std = (torch.tensor(task.preprocessing[name]) for name in ("mean", "std"))
    return states * std + mean


def panels(features: int) -> list[tuple[int, int]]:
    """Which two features a panel shows: neighbours, the last ones twice where there is an odd number."""
    firsts = range(0, features, 2)
    return [(max(0, min(first, features - 2)), min(first + 1, features - 1)) for first in firsts][:_PANELS]


def _colour(action: int) -> str:
    return _COLOURS[action % len(_COLOURS)]
