"""Images without labels: sets of them are to pre-train networks, which learn what an encoder makes of an image.

They are opened by the options of images, and a folder of pictures that no class folders sort is one of them. The
encoder is trained on the images themselves where no other is named. Labels, where there are some, are for exams alone.
"""

from __future__ import annotations

from condenset.tasks.contender import Contender
from condenset.tasks.pictures.contenders import UNLABELLED, narrow
from condenset.tasks.pictures.preprocessing import legal
from condenset.tasks.pictures.preview import preview
from condenset.tasks.task import Modality
from condenset.tasks.unlabelled_images.loading import open_unlabelled, recognise

__all__ = ["MODALITY", "open_unlabelled"]

MODALITY = Modality(
    name="unlabelled-images",
    network="convnet",
    kernel="ntk",
    codec="raw",
    exam="pretrain",
    learners=("convnet:width=32",),
    datasets={},
    offers=("grid", "independent", "differentiable", "kernel", "augmentation", "colour", "mirror", "vectors"),
    open=open_unlabelled,
    recognise=recognise,
    narrow=narrow,
    preview=preview,
    items="images",
    means_are_examples=False,
    legal=legal,
    contenders=(*UNLABELLED, Contender("krr-st", {"steps": 600, "objective.examples": 256})),
    files=("a folder of pictures",),
)
