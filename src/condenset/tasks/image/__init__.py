"""Images: named benchmarks, class folders, NPZ, IDX and Parquet files, tar shards."""

from __future__ import annotations

from condenset.tasks.exporting import hub_folder, write_npz
from condenset.tasks.image.exporting import table, write_parquet, write_png
from condenset.tasks.image.objects import images_from_object, takes_images
from condenset.tasks.option import Option
from condenset.tasks.pictures.contenders import LABELLED, narrow
from condenset.tasks.pictures.loading import images_from_arrays, open_images, recognise
from condenset.tasks.pictures.preprocessing import legal
from condenset.tasks.pictures.preview import preview
from condenset.tasks.task import Modality, Objects

__all__ = ["MODALITY", "images_from_arrays", "open_images"]


MODALITY = Modality(
    name="image",
    network="convnet",
    kernel="ntk",
    codec="raw",
    exam="image",
    teachers=("convnet:width=32", "mlp"),
    learners=("convnet",),
    datasets={
        "digits": "handwritten digits, 1 797 grey images of 8x8 pixels, 10 classes, built in (UCI, scikit-learn)",
        "mnist": "handwritten digits, 60 000 + 10 000 grey images of 28x28 pixels, 10 classes",
        "fashion-mnist": "clothes, 60 000 + 10 000 grey images of 28x28 pixels, 10 classes",
        "cifar10": "objects, 50 000 + 10 000 colour images of 32x32 pixels, 10 classes",
        "cifar100": "objects, 50 000 + 10 000 colour images of 32x32 pixels, 100 classes",
        "svhn": "house numbers, 73 257 + 26 032 colour images of 32x32 pixels, 10 classes",
    },
    offers=(
        "grid",
        "classes",
        "independent",
        "differentiable",
        "kernel",
        "teachers",
        "augmentation",
        "colour",
        "mirror",
        "encoder",
    ),
    open=open_images,
    recognise=recognise,
    objects=Objects(
        accepted=(
            "(images, labels) with images (n, h, w), (n, h, w, c) or (n, c, h, w)",
            "a torch Dataset of (image, label)",
            "a Hugging Face Dataset with a column of images",
        ),
        takes=takes_images,
        open=images_from_object,
    ),
    narrow=narrow,
    preview=preview,
    exporters={"png": write_png, "npz": write_npz, "parquet": write_parquet, "hf": hub_folder(write_parquet)},
    frame=table,
    items="images",
    rivals=("medoids",),
    compressed=("jpeg", "mosaic"),
    categories={"classification": "image-classification"},
    options=(
        Option("image_size", "whole", "side in pixels to bring images to", "PIXELS", "size"),
        Option(
            "zca",
            "relative|absolute",
            "whiten images by a map fitted on the training images, as FRePo or as MTT does",
            "FORM",
        ),
        Option("test_fraction", "share", "share held out, where the data have no test split", "SHARE"),
        Option("flip", "switch", "whether networks see mirrored images, too, which letters and digits do not bear"),
        Option("images_per_class", "whole", "training images that are read of every class, random ones (all)", "COUNT"),
        Option(
            "encoder",
            "text",
            "a frozen model that reads them: barlow-twins (trained on images), of timm by name, of texts by folder",
            "MODEL",
        ),
        Option("encoder_weights", "text", "a file of its weights, where timm is not to fetch them", "FILE"),
        Option("encoder_size", "whole", "side in pixels at which it reads images (112)", "PIXELS"),
        Option("skip_unreadable", "flag", "leave out broken files and shards instead of stopping"),
        Option(
            "memory_limit",
            "bytes",
            "read from disk what would take more than this in memory (half of the memory; 0: in any case)",
        ),
    ),
    legal=legal,
    contenders=LABELLED,
    files=("class folders", "tar shards", "NPZ, IDX or Parquet of images", "a Hugging Face dataset folder"),
)
