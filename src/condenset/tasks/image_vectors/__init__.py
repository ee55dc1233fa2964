"""Vectors that a frozen encoder makes of images: sets of them are for whoever has the encoder."""

from __future__ import annotations

from condenset.core.structure import vectors
from condenset.tasks.image_vectors.loading import open_vectors, recognise
from condenset.tasks.image_vectors.preview import draw_preview
from condenset.tasks.option import Option
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
    recognise=recognise,
    represent=vectors,
    preview=draw_preview,
    items="vectors",
    options=(
        Option("image_size", "whole", "side in pixels to bring images to", "PIXELS", "size"),
        Option("test_fraction", "share", "share held out, where the data have no test split", "SHARE"),
        Option("images_per_class", "whole", "training images that are read of every class, random ones (all)", "COUNT"),
        Option("encoder", "text", "a frozen model that reads them: of timm by name, of texts by folder", "MODEL"),
        Option("encoder_weights", "text", "a file of its weights, where timm is not to fetch them", "FILE"),
        Option("encoder_size", "whole", "side in pixels at which it reads images (112)", "PIXELS"),
        Option("skip_unreadable", "flag", "leave out broken files and shards instead of stopping"),
        Option(
            "memory_limit",
            "bytes",
            "read from disk what would take more than this in memory (half of the memory; 0: in any case)",
        ),
    ),
)
