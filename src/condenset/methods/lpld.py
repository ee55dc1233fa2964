"""LPLD: images that are recovered class by class, so that a small pool of stored soft labels teaches as many do.

Differences from the paper: as of SRe2L here; a label is of one view of one image, and learners of any batch size take a
random one of an image's. No number is given here: the paper has none for these data.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.finishes.label_views import LabelViews
from condenset.methods import sre2l
from condenset.objectives.recovery import Recovery
from condenset.recipe import Method, Recipe
from condenset.signals.layer_statistics import LayerStatistics
from condenset.synthetic import Contract
from condenset.tasks.task import Task

REAL = 20_000  # images of all classes whose statistics are measured, about
VIEWS = 8  # of every image: a fortieth of the 300 that its epochs would label


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """SRe2L's; a step sees all images of some classes."""
    statistics, real = LayerStatistics(convolutions=False, patches=0), max(10, min(200, REAL // len(counts)))
    return replace(
        sre2l.recipe(task, counts),
        objective=Recovery(statistics, by_group=1.0, per_group=real, classes=min(5, len(counts))),
        finish=(LabelViews(sre2l.TRAINED, sre2l.NETWORK, VIEWS),),
        contract=Contract("lpld2024"),
    )


METHOD = Method(
    family="decoupled",
    title="Are Large-scale Soft Labels Necessary for Large-scale Dataset Distillation?",
    venue="NeurIPS",
    year=2024,
    arxiv="2410.15919",
    needs=("grid", "classes"),
    recipe=recipe,
    published_steps=4000,
)
