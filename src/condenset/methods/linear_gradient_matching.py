"""Linear gradient matching: images by which a linear classifier on a frozen encoder learns what it would from the data.

Differences from the paper: images begin at the real ones nearest to their class's centres and all levels of their
pyramid are learnt in 200 steps, where the paper begins at noise, adds finer levels one by one and takes 5 000; pixels
are of eight bits; the data's side is that of all examples under twenty classifiers, measured once, so nothing is
augmented (`source.siamese` augments both sides alike); a class counts by its mean gradient, however large it is. Such
images are for the encoder that they were made by.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.kernels.distance import joint_cosine
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.head_gradient import HeadGradient
from condenset.sources.pool import Pool
from condenset.starts.medoids import medoids
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Two hundred steps of Adam at 0.05 on the levels of a pyramid."""
    return Recipe(
        start=medoids,
        codec="pyramid",
        objective=SignalMatching(HeadGradient(), joint_cosine, per_group=1000),
        source=Pool(size=20, renew_every=200, siamese=False),
        optimisers={"data": Optimiser("adam", rate=0.05, final=0.1)},
        steps=200,
        contract=Contract(exam=task.modality.exam),
    )


METHOD = Method(
    family="gradient",
    title="Dataset Distillation for Pre-Trained Self-Supervised Vision Models",
    venue="NeurIPS",
    year=2025,
    arxiv="2511.16674",
    needs=("encoder", "classes"),
    recipe=recipe,
    published_steps=5000,
)
