"""What a process holds that makes a large set by shards: images are recovered, and views of them labelled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from condenset.bench.images import png
from condenset.bench.measurement import BenchRow, Measurement

_FEW, _MANY = 100, 1000  # classes
_REAL, _ITEMS = 20, 10  # of a class
_IN_SHARD = 50  # classes
_SIDE = 32  # pixels
_NETWORK = "convnet:norm=batch,width=16"
_REHEARSED = {  # all parts of the pipeline in a few minutes; its memory does not follow from how often it steps
    "steps": 10,
    "network": _NETWORK,
    "source.squeeze.epochs": 1,
    "source.squeeze.examples": 5000,
    "objective.per_group": 5,
    "objective.classes": _IN_SHARD,
    "finish.0.network": _NETWORK,
    "finish.0.source.squeeze.epochs": 1,
    "finish.0.source.squeeze.examples": 5000,
    "finish.0.views": 2,
}


def measure() -> Iterator[BenchRow]:
    """Ten items of each of 1000 classes in 20 shards, beside 100 classes in 2."""
    with TemporaryDirectory() as folder:
        few, many = (held(classes, classes // _IN_SHARD, Path(folder)) for classes in (_FEW, _MANY))
    yield from rows(few / 1e6, many / 1e6)


def rows(few: float, many: float) -> Iterator[BenchRow]:
    """Of the megabytes that 100 and 1000 classes take."""
    name = f"memory, {_MANY} classes x {_ITEMS} of {_SIDE} px by shards"
    yield BenchRow(name, many, "MB", None, "", ("at most", 2000.0))
    yield BenchRow(f"{name}, as data grow", many, "MB", many / few, f"{_FEW} classes, {few:.0f} MB", ("at most", 1.5))


def held(classes: int, shards: int, folder: Path) -> int:
    """Bytes that the process which makes the set holds at its peak, data and teacher included."""
    data = folder / f"data-{classes}"
    write(data, classes)
    words = command(data, folder / f"set-{classes}", shards)
    environment = {**os.environ, "CONDENSET_CACHE": str(folder / "cache")}
    answer = subprocess.run(words, env=environment, check=True, capture_output=True, text=True).stdout
    return int(json.loads(answer)["peak_rss_bytes"])


def command(data: Path, out: Path, shards: int) -> list[str]:
    """The command line of a rehearsal on data that stay on disk."""
    changes = [word for path, value in _REHEARSED.items() for word in ("--set", f"{path}={value}")]
    asked = ("--method", "lpld", "--per-class", str(_ITEMS), "--shards", str(shards), "--out", str(out))
    opened = ("--test-fraction", "0.1", "--memory-limit", "0")
    return [sys.executable, "-m", "condenset", "distill", str(data), *asked, *opened, *changes, "--json"]


def write(folder: Path, classes: int) -> None:
    """Pictures of every class: stripes of its own colours, direction and width, under noise."""
    folder.mkdir(parents=True)
    random, labels = np.random.default_rng(0), np.repeat(np.arange(classes), _REAL)
    random.shuffle(labels)
    for number, part in enumerate(np.array_split(labels, max(1, classes // 100))):
        images = [{"bytes": _striped(int(label), random), "path": ""} for label in part]
        pq.write_table(pa.table({"image": images, "label": part}), folder / f"train-{number:05}.parquet")


def _striped(label: int, random: np.random.Generator) -> bytes:
    own = np.random.default_rng(label)
    colours, (across, down) = own.uniform(40, 215, (2, 3)), own.uniform(-1, 1, 2)
    rows, columns = np.mgrid[:_SIDE, :_SIDE]
    wave = (0.5 + 0.5 * np.sin(across * columns + down * rows + random.uniform(0, 2 * np.pi)))[..., None]
    pixels = wave * colours[0] + (1 - wave) * colours[1] + random.normal(0, 20, (_SIDE, _SIDE, 3))
    return png(pixels.clip(0, 255).astype(np.uint8))


MEASUREMENT = Measurement("full", measure)
