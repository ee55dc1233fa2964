"""Labelled mosaic: random real images as one picture, and what a teacher says of each in few bits.

Condenset's own recipe, of no paper: the labels of Qin, Deng and Alvarez-Melis (A Label is Worth a Thousand Images in
Dataset Distillation, NeurIPS 2024), at the bytes of hard ones and a few more. Chosen on held-out training images of
Fashion-MNIST, a narrow ConvNet on 313 600 bytes: JPEG files with a teacher's labels of the images before these were
compressed 86.0 %, of those after 85.4 to 85.5 %, with hard labels 85.3 %.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.methods import mosaic
from condenset.recipe import Recipe
from condenset.starts.taught import Taught
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A start and nothing else; --set start.teachers.most=60000 teaches the teachers more of the data."""
    return replace(mosaic.recipe(task, counts), start=Taught(coreset="random"), labels="byte-logits:bits=4")


PAPER = replace(
    mosaic.PAPER,
    name="labelled-mosaic",
    family="decoupled",
    title="Random selection, stored as one AVIF picture, with teachers' labels of four bits a class",
    venue="condenset",
    year=2026,
    needs=("grid", "classes", "teachers"),
    recipe=recipe,
)
