"""Images: named benchmarks, class folders, NPZ, IDX and Parquet files, tar shards."""

from __future__ import annotations

from condenset.tasks.image.loading import images_from_arrays, open_images, recognise
from condenset.tasks.image.preprocessing import legal, represent
from condenset.tasks.image.preview import preview
from condenset.tasks.task import Modality

__all__ = ["MODALITY", "images_from_arrays", "open_images"]

MODALITY = Modality(
    name="image",
    network="convnet",
    kernel="ntk",
    codec="raw",
    exam="dsa2021",
    learners=("convnet",),
    datasets={
        "digits": "handwritten digits, 1 797 grey images of 8x8 pixels, 10 classes, built in (UCI, scikit-learn)",
        "mnist": "handwritten digits, 60 000 + 10 000 grey images of 28x28 pixels, 10 classes",
        "fashion-mnist": "clothes, 60 000 + 10 000 grey images of 28x28 pixels, 10 classes",
        "cifar10": "objects, 50 000 + 10 000 colour images of 32x32 pixels, 10 classes",
        "cifar100": "objects, 50 000 + 10 000 colour images of 32x32 pixels, 100 classes",
        "svhn": "house numbers, 73 257 + 26 032 colour images of 32x32 pixels, 10 classes",
    },
    open=open_images,
    recognise=recognise,
    represent=represent,
    preview=preview,
    legal=legal,
)
