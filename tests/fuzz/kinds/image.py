"""Pictures: NPZ, IDX, class folders, tar shards, Parquet, and a set of them."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
from pathlib import Path

import numpy as np
import pandas as pd

from tests.fuzz.subject import Subject, of_data, of_set, saved
from tests.tasks.pictures.pictures import class_folders, noise, png


def _images_npz() -> None:
    np.savez("images.npz", x=np.stack([noise(8, 8, 3, seed) for seed in range(20)]), y=np.arange(20) % 2)


def _idx() -> None:
    Path("idx").mkdir()
    for part, count in (("train", 20), ("t10k", 10)):
        pixels = np.stack([noise(8, 8, 1, seed).squeeze() for seed in range(count)])
        head = struct.pack(">IIII", 0x803, count, 8, 8)
        with gzip.open(f"idx/{part}-images-idx3-ubyte.gz", "wb") as file:
            file.write(head + pixels.tobytes())
        labels = (np.arange(count) % 2).astype(np.uint8)
        Path(f"idx/{part}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 0x801, count) + labels.tobytes())


def _photos() -> None:
    class_folders(Path("photos"), {"a": 8, "b": 8})


def _shards() -> None:
    Path("shards").mkdir()
    for number in range(2):
        with tarfile.open(f"shards/{number}.tar", "w") as archive:
            for place in range(10):
                for suffix, content in ((".png", png(noise(8, 8, 3, place))), (".cls", str(place % 2).encode())):
                    entry = tarfile.TarInfo(f"{number}{place:03d}{suffix}")
                    entry.size = len(content)
                    archive.addfile(entry, io.BytesIO(content))


def _nested_parquet() -> None:
    pictures = [{"bytes": png(noise(8, 8, 3, place)), "path": None} for place in range(20)]
    Path("hub/data").mkdir(parents=True)
    pd.DataFrame({"image": pictures, "label": np.arange(20) % 2}).to_parquet("hub/data/train-00000.parquet")
    Path("hub/dataset_infos.json").write_text(json.dumps({"default": {}}))


SUBJECTS: dict[str, Subject] = {
    "set of images": of_set(saved(_photos, "photos"), exports=("npz", "png", "hf")),
    "npz of images": of_data(_images_npz, "images.npz", "images.npz"),
    "idx": of_data(_idx, "idx", "idx/*"),
    "photos": of_data(_photos, "photos", "photos/*/*"),
    "shards": of_data(_shards, "shards", "shards/*"),
    "parquet of images": of_data(_nested_parquet, "hub", "hub/**/*"),
}
