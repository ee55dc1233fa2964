"""G-VBSM: images that several trained networks recognise in turn, with the data's statistics in convolutions, too.

Differences from the paper: the networks are ConvNets of three kinds; a step sees images of all classes and needs no
running mean over steps; statistics are those of some hundred real images of a class, and no layer is dropped by
chance. In `rded2024` one teacher labels what is read, where the paper takes the mean of all. No number is given here:
the paper's exam is another.
"""

from __future__ import annotations

import math

from jaxtyping import Int
from torch import Tensor

from condenset.methods import sre2l
from condenset.objectives.recovery import Recovery
from condenset.recipe import Method, Optimiser, Recipe
from condenset.sources.pretrained import Pretrained
from condenset.starts.noise import noise
from condenset.tasks.task import Task

TRAINED = Pretrained(networks=(sre2l.NETWORK, "convnet:norm=batch,width=32", "convnet:norm=batch,width=64,depth=2"))


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """The paper's rates for CIFAR, and its steps for every ten images of a class."""
    return Recipe(
        start=noise,
        objective=Recovery(thinness=1.0, of_set=sre2l.TOGETHER),
        source=TRAINED,
        optimisers={"data": Optimiser("adam", rate=0.05, final=0.0, legal=True)},
        steps=4000 * math.ceil(int(counts.max()) / sre2l.TOGETHER),
        contract=sre2l.CONTRACT,
    )


METHOD = Method(
    family="decoupled",
    title="Generalized Large-Scale Data Condensation via Various Backbone and Statistical Matching",
    venue="CVPR",
    year=2024,
    arxiv="2311.17950",
    needs=("grid", "classes"),
    recipe=recipe,
    published_steps=4000,
)
