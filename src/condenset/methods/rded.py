"""RDED: the crops of real images that a trained network recognises best, several to an image; nothing is optimised.

Differences from the paper: the network is SRe2L's here, and crops are squares. One crop fills an image, as the paper
has it for small images; --set start.factor=2 takes four. At ten images per class, random images that the same teacher
labels taught as much; on labels of their own they taught far less. No number is given here: none could be checked.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.methods import sre2l
from condenset.recipe import Method, Recipe
from condenset.starts.patches import Patches
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A start and nothing else."""
    return Recipe(start=Patches(sre2l.TRAINED, sre2l.NETWORK), contract=sre2l.CONTRACT)


METHOD = Method(
    family="decoupled",
    title="On the Diversity and Realism of Distilled Dataset: An Efficient Dataset Distillation Paradigm",
    venue="CVPR",
    year=2024,
    arxiv="2312.03526",
    needs=("grid", "classes"),
    recipe=recipe,
)
