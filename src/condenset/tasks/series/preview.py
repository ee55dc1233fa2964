"""A picture of a set of windows: for every channel the synthetic series, a real stretch behind it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.windows import stretches
from condenset.tasks.task import Task

_CHANNELS = 8  # drawn at most
_STEPS = 1500  # drawn at most
_GAP = 12  # steps between stretches
_REAL, _SYNTHETIC = "#b8bec8", "#c2410c"


def draw_preview(task: Task, batch: Batch, path: Path) -> None:
    """Draw decoded windows (n, ...) into a PNG file, in original units.

    In front the series that the windows were cut from, one stretch after another; behind it as many steps from the
    middle of the training data.
    """
    shown = [part.numpy() for part in stretches(batch.detach().to("cpu"))]
    line = _joined(shown)[:_STEPS]
    real = _real(task, len(line))
    scale = task.target.arrays()
    names, mean, std = scale["channels"], scale["mean"], scale["std"]
    count = min(len(names), _CHANNELS)
    figure = Figure(figsize=(11, 1.0 + 1.15 * count), layout="constrained")
    for channel, axes in enumerate(figure.subplots(count, 1, sharex=True, squeeze=False)[:, 0]):
        behind, front = (values[:, channel] * std[channel] + mean[channel] for values in (real, line))
        _draw(axes, behind, front, str(names[channel]))
    more = f"; {len(names) - count} channels not shown" if len(names) > count else ""
    stretch = "1 stretch" if len(shown) == 1 else f"{len(shown)} stretches"
    figure.suptitle(f"{task.name}: {len(batch)} windows of {stretch} (in front), real data (behind){more}", fontsize=10)
    figure.supxlabel("step", fontsize=9)
    figure.savefig(path, dpi=110)


def _draw(axes: Axes, real: Float[np.ndarray, " real"], line: Float[np.ndarray, " line"], name: str) -> None:
    axes.plot(real, color=_REAL, linewidth=0.9)
    axes.plot(line, color=_SYNTHETIC, linewidth=1.1)
    axes.set_ylabel(name, fontsize=8, rotation=0, ha="right", va="center")
    axes.tick_params(labelsize=7)
    axes.margins(x=0)
    axes.spines[["top", "right"]].set_visible(False)


def _joined(parts: list[Float[np.ndarray, "_ channels"]]) -> Float[np.ndarray, "steps channels"]:
    """Stretches one after another, with a gap between them."""
    gap = np.full((_GAP, parts[0].shape[1]), np.nan, dtype=np.float32)
    return np.concatenate([piece for part in parts for piece in (gap, part)][1:])


def _real(task: Task, steps: int) -> Float[np.ndarray, "steps channels"]:
    """Up to so many consecutive rows from the middle of the training data."""
    lookback = task.input_spec.shape[0]
    windows = max(1, min(-(-steps // lookback), len(task.train) // lookback))
    first = max(0, (len(task.train) - windows * lookback) // 2)
    chosen = task.train.select(first + lookback * torch.arange(windows))
    inputs: Tensor = chosen.inputs
    return inputs.flatten(0, 1)[:steps].cpu().numpy()
