"""CondTSF: trajectory matching whose targets move, between steps, towards what a trained forecaster says.

Differences from the paper: students learn from the targets of the set alone, and gradients reach inputs and targets,
where the released code mixes in predictions of the goal and lets gradients reach the inputs; the forecaster is what
DLinear converges to, in closed form, in place of one of 40 experts; windows begin at every step; 4 experts of 15
epochs, a learnt rate and a falling one.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.assets.experts import Experts
from condenset.codecs.series import series_codec
from condenset.finishes.label_update import LabelUpdate
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.recipe import Between, Method, Optimiser, Rates, Recipe
from condenset.sources.expert import Expert, StartRange
from condenset.starts.slice import slice
from condenset.synthetic import Contract
from condenset.tasks.task import Task

STUDENT = InnerLoop(steps=20, batch=64)
EXPERTS = Expert(
    Experts(count=4, examples=None, rate=0.05, momentum=0.5, augment=False), epochs=2, starts=StartRange(end=13)
)


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Every second step of the trajectory is followed by an update of the labels, as published."""
    return Recipe(
        start=slice,
        codec=series_codec(task, int(counts.sum())),
        labels="decoded",
        objective=TrajectoryMatching(STUDENT),
        source=EXPERTS,
        optimisers={
            "data": Optimiser("adam", rate=0.05 * task.train.scale(), final=0.1),
            "rate": Optimiser("adam", rate=0.02),
        },
        rates=Rates(initial=0.1),
        steps=200,
        between={"label-update": Between(LabelUpdate(), every=2)},
        contract=Contract(exam="condtsf2024"),
    )


METHOD = Method(
    family="trajectory",
    title="CondTSF: One-line Plugin of Dataset Condensation for Time Series Forecasting",
    venue="NeurIPS",
    year=2024,
    arxiv="2406.02131",
    needs=("sequence", "forecast"),
    recipe=recipe,
    published_steps=400,
)
