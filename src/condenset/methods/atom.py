"""ATOM: match attention over channels beside that over space.

Differences from the paper: those of `datadam`, and the weights of the two kinds of maps, which are ours: the paper's
could not be checked, and neither could its numbers.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.kernels.distance import squared_error
from condenset.methods import datadam
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Recipe
from condenset.signals.attention import Attention
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Channels weigh more than space, as the paper found best."""
    signal = Attention(spatial=30.0, channel=70.0)
    return replace(datadam.recipe(task, counts), objective=SignalMatching(signal, squared_error, per_group=128))


METHOD = Method(
    family="distribution",
    title="ATOM: Attention Mixer for Efficient Dataset Distillation",
    venue="CVPR Workshops",
    year=2024,
    arxiv="2405.01373",
    needs=("grid",),
    recipe=recipe,
)
