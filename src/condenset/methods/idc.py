"""IDC: several small images in each stored one, matched in the gradients of convolutions along training on real data.

Differences from the paper: 8000 steps of Adam (the paper: 200 000 of SGD, class by class) in networks of a quarter of
the width, trained and augmented anew after every four (the paper: every one); a step sees at most 10 decoded images
per class (the paper: 128); pixels are not clamped.
"""

from __future__ import annotations

from typing import Any

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.kernels.distance import l1, squared_error
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.class_gradient import ClassGradient
from condenset.sources.queue import Queue
from condenset.starts.random import random
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def matching(task: Task) -> SignalMatching:
    """Absolute differences for grey images and squared ones for colour, as released."""
    distance = squared_error if "colour" in task.offers else l1
    return SignalMatching(ClassGradient(dimensions=4), distance, per_group=64, of_set=10)


def augmentation(task: Task) -> dict[str, Any]:
    """All of these at once; digits are not cut."""
    cut = ("cutout",) if task.augmentation.mirrors else ()
    return {"mode": "all", "strategy": ("color", "crop", *cut)}


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A network trained on real data as the set is learnt, on more of them in colour; digits are not mixed either, nor
    what has no classes."""
    examples = 2000 if "colour" in task.offers else 500
    cutmix = 0.5 if task.augmentation.mirrors and "classes" in task.offers else 0.0
    return Recipe(
        start=random,
        codec="multi-formation",
        objective=matching(task),
        source=Queue(renew_every=100, train_every=4, examples=examples, cutmix=cutmix),
        network=task.narrow(),
        augmentation=augmentation(task),
        optimisers={"data": Optimiser("adam", rate=0.02 * task.train.scale(), final=0.1)},
        steps=8000,
        contract=Contract(exam="idc2022"),
    )


METHOD = Method(
    family="gradient",
    title="Dataset Condensation via Efficient Synthetic-Data Parameterization",
    venue="ICML",
    year=2022,
    arxiv="2205.14959",
    needs=("grid",),
    recipe=recipe,
    published_steps=200_000,
    reported=(
        Reported("mnist", "1 per class", "convnet", "idc2022", 0.942, None, "README", peeked=True),
        Reported("mnist", "10 per class", "convnet", "idc2022", 0.984, None, "README", peeked=True),
        Reported("fashion-mnist", "1 per class", "convnet", "idc2022", 0.81, None, "README", peeked=True),
        Reported("fashion-mnist", "10 per class", "convnet", "idc2022", 0.86, None, "README", peeked=True),
        Reported("cifar10", "1 per class", "convnet", "idc2022", 0.506, None, "README", peeked=True),
        Reported("cifar10", "10 per class", "convnet", "idc2022", 0.675, None, "README", peeked=True),
    ),
)
