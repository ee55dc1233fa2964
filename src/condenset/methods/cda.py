"""CDA: as SRe2L, and images are first seen whole, later by ever smaller crops, so that details come after the whole.

Differences from the paper: as of SRe2L here, whose augmentation is kept under the crops; every image has a crop of its
own. No number is given here: the paper has none for these data.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import sre2l
from condenset.objectives.inversion import Inversion
from condenset.objectives.zoom import Zoom
from condenset.recipe import Method, Recipe
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """SRe2L's recipe with a curriculum: the squares cut from images may become smaller as the run goes on."""
    return replace(sre2l.recipe(task, counts), objective=Inversion(of_set=sre2l.TOGETHER, zoom=Zoom()))


METHOD = Method(
    family="decoupled",
    title="Dataset Distillation via Curriculum Data Synthesis in Large Data Era",
    venue="TMLR",
    year=2024,
    arxiv="2311.18838",
    needs=("grid", "classes"),
    recipe=recipe,
    published_steps=4000,
)
