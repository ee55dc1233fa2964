"""Labelled mosaic: random real images as one picture, and what a teacher says of each in few bits.

Condenset's own recipe, of no paper: the labels of Qin, Deng and Alvarez-Melis (A Label is Worth a Thousand Images in
Dataset Distillation, NeurIPS 2024), at the bytes of hard ones and a few more. Chosen on held-out training images of
Fashion-MNIST: a narrow ConvNet on 313 600 bytes, JPEG files with a teacher's labels of the images before these were
compressed 86.0 %, of those after 85.4 to 85.5 %, with hard labels 85.3 %; on 100 000 bytes, a mosaic with the labels of
a teacher of all 48 000 images 85.9 %, of two of 10 000 images 83.2 %, half of these and half hard 84.4 %, hard 84.4 %.
The teacher's width: 64, with a narrow student, 86.9 %, where it learnt by Adam for ten epochs as where by SGD for six,
which takes half as long. A usual ConvNet, trained half as long as the exam does: 89.2 % at 1 bit a place (3 012
images), 88.8 at 0.75, 88.8 at 1.3; of images that the teacher is right about alone, 89.0.
Medoids in place of random images, mean of that ConvNet, an MLP and logistic regression: on 32 000 bytes 81.2 beside
80.4 %, on 100 000 bytes 82.9 beside 82.8; the ConvNet learnt less from them, 84.0 beside 85.9 there. Of CIFAR-10 on
30 000 bytes the ConvNet is then right in 45.4 % of the test images, with hard labels in 35.6 %.
"""

from __future__ import annotations

from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.assets.teacher_store import Squeeze
from condenset.core.spec import item_bytes
from condenset.methods import mosaic
from condenset.recipe import Recipe
from condenset.sources.pretrained import Pretrained
from condenset.starts.taught import TaughtByNetworks
from condenset.tasks.task import Task

_LESSON = 2**31  # bytes of images as networks see them


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """A start and nothing else; an epoch of the teacher is of as many images as 2 GiB hold."""
    squeeze = Squeeze(epochs=6, examples=_LESSON // item_bytes(task.input_spec), steps=400, balanced=True)
    start = TaughtByNetworks("random", Pretrained(squeeze), "convnet:width=64")
    return replace(mosaic.recipe(task, counts), start=start, labels="byte-logits:bits=4")


METHOD = replace(
    mosaic.METHOD,
    family="decoupled",
    title="Random selection, stored as one AVIF picture, with teachers' labels of four bits a class",
    venue="condenset",
    year=2026,
    needs=("grid", "classes"),
    recipe=recipe,
)
