"""DiLM: a language model learns to write texts that teach, and the set is what it writes.

Differences from the paper: the language model is small, and of the training texts alone; texts are written anew for
every step; the networks are those of GRADMM here, and the real side is random examples of each class.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.finishes.generated_texts import GeneratedTexts
from condenset.kernels.distance import global_cosine
from condenset.methods import gradmm
from condenset.objectives.generated_matching import GeneratedMatching
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.head_gradient import HeadGradient
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Networks as of GRADMM, which need the same; the generator moves little from the language model that it was."""
    return replace(
        gradmm.recipe(task, counts),
        codec="text-generator",
        objective=GeneratedMatching(SignalMatching(HeadGradient(), global_cosine, per_group=256)),
        optimisers={"data": Optimiser("adam", rate=3e-4)},
        steps=200,
        finish=(GeneratedTexts(),),
    )


METHOD = Method(
    family="gradient",
    title="DiLM: Distilling Dataset into Language Model for Text-level Dataset Distillation",
    venue="NAACL Findings",
    year=2024,
    arxiv="2404.00264",
    needs=("language", "classes"),
    recipe=recipe,
)
