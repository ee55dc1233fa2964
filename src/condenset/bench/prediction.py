"""What `condenset explain` says of a run beside what `condenset distill` then takes, each a command of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from condenset.artifact.checkpoint import LATEST
from condenset.bench.images import grey_pixels
from condenset.bench.measurement import BenchRow, Measurement
from condenset.core.rng import Rng

_RUNS = {"dm": 400, "frepo": 300, "kip": 2400, "dsa": 450, "mtt": 30}  # method -> steps; 1 per class
_FACTOR = 1.3
_LOOK = 0.1  # seconds between looks at the disk

Found = tuple[float, float, float]  # seconds, megabytes in memory and on disk at the peak


@contextmanager
def _afresh() -> Iterator[tuple[Path, Mapping[str, str]]]:
    """A folder for what is written, and the environment where neither experts nor compiled code are there yet."""
    with TemporaryDirectory() as empty, TemporaryDirectory() as compiled:
        yield Path(empty), os.environ | {"CONDENSET_CACHE": f"{empty}/cache", "TORCHINDUCTOR_CACHE_DIR": compiled}


def _command(words: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "condenset", *words, "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _record(process: subprocess.Popen[bytes]) -> Any:
    """What the command answered. Raises `JSONDecodeError` where it failed."""
    return json.loads(process.communicate()[0])


def _said(run: list[str]) -> Found:
    with _afresh() as (_, environment):
        record = _record(_command(["explain", *run], environment))
    return record["seconds"], record["memory_bytes"] / 1e6, record["disk_bytes"] / 1e6


def _taken(run: list[str]) -> Found:
    with _afresh() as (written, environment):
        folder, disk = written / "run", 0
        process = _command(["distill", *run, "--out", str(folder)], environment)
        while process.poll() is None:
            disk = max(disk, _size(folder) if folder.exists() else 0)
            time.sleep(_LOOK)
        record, experts = _record(process), sum(path.stat().st_size for path in written.glob("cache/**/*.safetensors"))
    return record["wall_s"], record["peak_rss_bytes"] / 1e6, (disk + experts) / 1e6


def _size(folder: Path) -> int:
    """Bytes of a run's files and of the checkpoint that is written beside them, in a moment that no look would hit."""
    sizes = {}
    for entry in os.scandir(folder):
        with suppress(FileNotFoundError):  # it was there a moment ago
            sizes[entry.name] = entry.stat().st_size
    return sum(size for name, size in sizes.items() if not name.startswith(".")) + sizes.get(LATEST, 0)


def measure() -> Iterator[BenchRow]:
    """The larger of prediction and truth over the smaller."""
    with TemporaryDirectory() as folder:
        data = f"{folder}/images.npz"
        images, labels = grey_pixels(6000, Rng(0).child("images").numpy())
        np.savez(data, images=images, labels=labels)
        for method, steps in _RUNS.items():
            run = [data, "--method", method, "--per-class", "1", "--set", f"steps={steps}"]
            units = ("time", "s"), ("memory", "MB"), ("disk", "MB")
            for (name, unit), said, true in zip(units, _said(run), _taken(run), strict=True):
                ratio = max(said / true, true / said)
                against = f"the run, {true:.3g} {unit}"
                yield BenchRow(
                    f"{name} that explain predicts of {method}", said, unit, ratio, against, ("at most", _FACTOR)
                )


MEASUREMENT = Measurement("full", measure)
