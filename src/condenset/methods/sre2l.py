"""SRe2L: invert a network trained on the data: images that it recognises, with the statistics that it saw in training.

Differences from the paper: a ConvNet of ten short epochs is inverted (the paper: a ResNet-18 of 200) under DSA instead
of shifts around the border, by Adam as it is; a step sees ten images per class. In `rded2024` a teacher labels what is
read, as in the paper's exam on CIFAR-100; the set itself has hard labels. At ten images per class, random ones that the
same teacher labels taught more. No number is given here: the paper has none for these data.
"""

from __future__ import annotations

import math

from jaxtyping import Int
from torch import Tensor

from condenset.objectives.inversion import Inversion
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.pretrained import Pretrained
from condenset.starts.noise import noise
from condenset.synthetic import Contract
from condenset.tasks.task import Task

TRAINED = Pretrained()
NETWORK = "convnet:norm=batch,width=64"
TOGETHER = 10  # images of a class that a step sees
CONTRACT = Contract("rded2024", notes={"labels": "of a network trained on all the data, for what a learner reads"})


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """The schedule for CIFAR-100: Adam at 0.25, a thousand steps for every image."""
    return Recipe(
        start=noise,
        objective=Inversion(statistics=0.01, of_set=TOGETHER),
        source=TRAINED,
        network=NETWORK,
        optimisers={"data": Optimiser("adam", rate=0.25, final=0.0, legal=True)},
        steps=1000 * math.ceil(int(counts.max()) / TOGETHER),
        contract=CONTRACT,
    )


METHOD = Method(
    family="decoupled",
    title="Squeeze, Recover and Relabel: Dataset Condensation at ImageNet Scale From A New Perspective",
    venue="NeurIPS",
    year=2023,
    arxiv="2306.13092",
    needs=("grid", "classes"),
    recipe=recipe,
    published_steps=1000,
)
