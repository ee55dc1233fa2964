"""What is asked of pictures: the options of the loaders of images, and what of them is kept to open a task again."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, fields
from pathlib import Path
from typing import Any

from condenset.core.errors import RequestError
from condenset.core.process import half_of_memory
from condenset.tasks.pictures.by_encoder import PictureEncoder, by_encoder
from condenset.tasks.pictures.whitening import Form

_ALWAYS = ("source", "seed", "test_fraction", "size", "skip_unreadable", "root")  # kept though nothing was said


@dataclass(frozen=True)
class AskedPictures:
    """What is asked of pictures; in this order it is kept.

    Attributes:
        source: a known name (see `condenset list datasets`), class folders, an NPZ file, a folder of IDX files, a
            Parquet file or Hugging Face dataset folder, tar shards (WebDataset). A path that is spelt like a name
            needs a `./` before it.
        seed: of the stratified split, where the data has no test split of its own.
        test_fraction: share of every class to hold out then, in (0, 1).
        size: side in pixels to bring the images to. Default: as they are; files of unequal or large size become
            64 pixels, or 32 where those are nearer to their median shorter side or there are fewer than 1000; with an
            encoder, where the first is larger than it reads, what it reads.
        skip_unreadable: leave out broken files and shards with a warning instead of raising.
        root: folder to look for named datasets in, instead of the one in CONDENSET_DATA.
        encoder: what reads them, on which the set is for linear probes: coresets measure distances between its vectors.
            "barlow-twins" is trained on the training pictures, without labels, once. Else the name of a model of the
            library timm (extra `encoder`), and pixels are normalised as it knows them.
        encoder_weights: a file of the model's weights. Default: those that timm fetches by that name.
        encoder_size: side in pixels at which it reads images, scaled bicubically. Default: 112.
        flip: whether augmentations mirror images left-right, which letters, digits and what tells left from right do
            not bear. Default: what is known of a named dataset; of other data, what a part of them says.
        images_per_class: training images that are read of every class, random ones by `seed`. Default: all.
        zca: whiten by a map fitted on the training images, which must fit into memory: "relative", after normalisation
            (FRePo, KIP, RCIG), or "absolute", in place of it (MTT and its kin).
        memory_limit: bytes that pictures in files or shards may take as network inputs; more are decoded to disk
            once, below CONDENSET_CACHE, and read from there. Default: half of the memory; 0 for disk in any case.
            NPZ and IDX files are read whole.
    """

    source: str | Path
    _: KW_ONLY
    seed: int = 0
    test_fraction: float = 0.2
    size: int | None = None
    skip_unreadable: bool = False
    root: str | Path | None = None
    encoder: str | None = None
    encoder_weights: str | Path | None = None
    encoder_size: int | None = None
    flip: bool | None = None
    images_per_class: int | None = None
    zca: Form | None = None
    memory_limit: int | None = None

    def reader(self) -> PictureEncoder | None:
        """The encoder that reads the pictures, if any. Raises as `by_encoder`."""
        return by_encoder(self.encoder, self.encoder_weights, self.encoder_size, self.zca)

    def fit_memory(self, size: int) -> bool:
        """Whether pictures of so many bytes as network inputs are held in memory.

        Raises `RequestError` where they are not and what is asked of them needs it.
        """
        if size <= (half_of_memory() if self.memory_limit is None else self.memory_limit):
            return True
        if self.zca or self.images_per_class:
            raise RequestError(f"{self.source} is read from disk, and --zca and --images-per-class need memory: leave "
                               "them out, or give a larger --memory-limit or a smaller --image-size")  # fmt: skip
        return False

    def record(self, sharded: bool) -> dict[str, Any]:
        """JSON-able arguments that open the same task again. Args: sharded, whether the pictures are in files or
        shards, of which memory may hold all or none."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        limit = {"memory_limit": said.pop("memory_limit")} if sharded else {}
        kept = {name: value for name, value in said.items() if value is not None or name in _ALWAYS}
        return {name: str(v) if isinstance(v, Path) else v for name, v in kept.items()} | limit
