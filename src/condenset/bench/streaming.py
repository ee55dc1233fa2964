"""What a step costs, and what the process holds, whatever the number of rows on disk: streamed Parquet shards."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from condenset.bench.images import png
from condenset.bench.measurement import BenchRow, Measurement, apart, in_turns
from condenset.core.execution import Execution
from condenset.distillation import Step, distillation, start_state
from condenset.recipe import recipe_for
from condenset.tasks.catalogue import open_task
from condenset.tasks.task import Task

_ROWS = {"table": (60_000, 600_000, 6_000_000), "image": (60_000, 600_000)}
_WIDTH = {"table": 256, "image": 64}
_SHARD = 60_000  # rows
_STEPS = 60
_FACTOR = 1.2


@dataclass(frozen=True)
class Cost:
    """Of a distillation from a store that is there already.

    Attributes:
        rows: training examples.
        step: median seconds.
        held: resident bytes of a process of its own after the last step.
    """

    rows: int
    step: float
    held: int


def costs(kind: str, sizes: Sequence[int], folder: Path) -> list[Cost]:
    """Of every size; their steps are timed in turns in one process, since a machine's speed changes within a minute.

    Args:
        kind: "table" or "image".
        sizes: rows, multiples of 60 000.
        folder: for the data and the cache.
    """
    with patch.dict(os.environ, CONDENSET_CACHE=str(folder / "cache")):
        for rows in sizes:
            apart(_held, kind, rows, folder)  # writes the data and makes the store, which takes memory of its own
        held = [apart(_held, kind, rows, folder) for rows in sizes]
        steps = apart(_times, kind, sizes, folder)
    return [Cost(rows, step, memory) for (rows, memory), step in zip(held, steps, strict=True)]


def measure() -> Iterator[BenchRow]:
    """Ten and a hundred times the rows of the first; DM on fresh small networks, two items per class."""
    for kind, sizes in _ROWS.items():
        with TemporaryDirectory() as folder:
            few, *many = costs(kind, sizes, Path(folder))
        for more in many:
            yield _row(f"step, {more.rows} {kind} rows", 1e3 * more.step, "ms", 1e3 * few.step, few.rows)
            yield _row(f"memory, {more.rows} {kind} rows", more.held / 1e6, "MB", few.held / 1e6, few.rows)


def _row(name: str, value: float, unit: str, first: float, rows: int) -> BenchRow:
    return BenchRow(name, value, unit, value / first, f"{rows} rows, {first:.3g} {unit}", ("at most", _FACTOR))


def _held(kind: str, rows: int, folder: Path) -> tuple[int, int]:
    """Training examples, and resident bytes after all steps."""
    task = _task(kind, rows, folder)
    for _ in _steps(kind, task):
        pass
    return len(task.train), psutil.Process().memory_info().rss


def _times(kind: str, sizes: Sequence[int], folder: Path) -> list[float]:
    """Of every size the median seconds that a step takes."""
    steps = {str(rows): partial(next, _steps(kind, _task(kind, rows, folder))) for rows in sizes}
    return list(in_turns(steps, repeats=_STEPS - 1).values())


def _task(kind: str, rows: int, folder: Path) -> Task:
    data = folder / f"{kind}-{rows}"
    if not data.exists():
        _write(kind, rows, data)
    return open_task(data, memory_limit=0, test_fraction=0.1)


def _steps(kind: str, task: Task) -> Iterator[Step]:
    counts = torch.full((len(task.groups),), 2)
    fresh = {"source.size": 1, "source.renew_every": 1, "network": f"mlp:width={_WIDTH[kind]}", "steps": _STEPS}
    recipe = recipe_for("dm", task, counts, fresh)
    return distillation(start_state(task, recipe, counts, 0, Execution(precision="float32")), 0)


def _write(kind: str, rows: int, folder: Path) -> None:
    folder.mkdir(parents=True)
    made: Callable[[np.random.Generator], pa.Table] = {"table": _table, "image": _images}[kind]
    for shard in range(rows // _SHARD):
        name = folder / f"train-{shard:05}.parquet"
        pq.write_table(made(np.random.default_rng(shard)), name, row_group_size=10_000)


def _table(random: np.random.Generator) -> pa.Table:
    """Sixteen numbers, one category, ten classes."""
    target = random.integers(0, 10, _SHARD)
    columns = {f"x{i}": (random.normal(size=_SHARD) + target * (i % 3)).astype(np.float32) for i in range(16)}
    return pa.table(columns | {"kind": random.choice(["a", "b", "c"], _SHARD), "target": target})


def _images(random: np.random.Generator) -> pa.Table:
    """Pictures of 16 x 16 pixels, two hundred different ones, ten classes."""
    files = [png(random.integers(0, 128, (16, 16, 3), dtype=np.uint8)) for _ in range(200)]
    images = [{"bytes": files[i], "path": ""} for i in random.integers(0, len(files), _SHARD)]
    return pa.table({"image": images, "label": random.integers(0, 10, _SHARD)})


MEASUREMENT = Measurement("full", measure)
