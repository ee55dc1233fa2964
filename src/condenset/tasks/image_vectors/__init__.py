"""Vectors that a frozen encoder makes of images: sets of them are for whoever has the encoder.

They are opened by the options of images, and only where they are asked for: images are images unless they are.
"""

from __future__ import annotations

from condenset.tasks.contender import Contender
from condenset.tasks.image_vectors.loading import open_vectors
from condenset.tasks.image_vectors.preview import draw_preview
from condenset.tasks.task import Modality

__all__ = ["MODALITY", "open_vectors"]

MODALITY = Modality(
    name="image-vectors",
    network="mlp",
    kernel="ntk",
    codec="raw",
    exam="probe",
    teachers=("logistic",),
    learners=("logistic",),
    datasets={},
    offers=("features", "classes", "independent", "differentiable", "kernel", "teachers"),
    open=open_vectors,
    preview=draw_preview,
    items="vectors",
    contenders=(Contender("relabel", {"start": "k-means"}),),
)
