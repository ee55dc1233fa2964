"""MKDT: learning from the set moves a network as learning from an encoder moved an expert.

Trajectories of self-supervised training vary too much to be matched; those of students that regress the vectors of an
encoder do not.

Differences from the paper: half the student's steps, which begin at a rate of 0.02, not 0.1, since on few small images
those go much too far; five experts of seven epochs, where there are 100 of 20; an encoder that is trained for minutes;
Adam on images and vectors alike; as many steps as MTT takes here. It has not been tuned: 20 digits by 80 steps of 10
inner ones taught networks less than the mean of the vectors says (R² -2.7). Take `krr-st`.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.assets.experts import Experts
from condenset.methods import mtt
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.recipe import Method, Optimiser, Rates, Recipe
from condenset.sources.expert import Expert, StartRange
from condenset.starts.by_score import ByScore
from condenset.starts.el2n import el2n
from condenset.synthetic import Contract
from condenset.tasks.task import Task

_TAUGHT = Experts(count=5, rate=0.1, momentum=0.9, augment=False)


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Begins at the images that a student knows least of after an epoch; nothing is augmented."""
    data = Optimiser("adam", 0.01 * task.train.scale(), final=0.1)
    return replace(
        mtt.recipe(task, counts),
        start=ByScore(el2n, epochs=1, hardest_from=0.0),
        labels="soft",
        objective=TrajectoryMatching(InnerLoop(steps=20, batch=256)),
        source=Expert(_TAUGHT, starts=StartRange(end=5)),
        optimisers={"data": data, "labels": Optimiser("adam", 0.003, final=0.1), "rate": Optimiser("adam", 0.02)},
        rates=Rates(initial=0.02),
        contract=Contract(exam="pretrain"),
    )


METHOD = Method(
    family="trajectory",
    title="Dataset Distillation via Knowledge Distillation: "
    "Towards Efficient Self-Supervised Pre-Training of Deep Networks",
    venue="ICLR",
    year=2025,
    arxiv="2410.02116",
    needs=("grid", "vectors"),
    recipe=recipe,
    published_steps=5000,
)
