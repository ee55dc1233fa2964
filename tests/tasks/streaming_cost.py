"""What opening, reopening and a step cost for a number of rows, printed as one JSON object: run in a process each.

python -m tests.tasks.streaming_cost table 600000 FOLDER
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import torch

from condenset.core.execution import Execution
from condenset.distillation import distillation, start_state
from condenset.recipe import recipe_for
from condenset.tasks.catalogue import open_task
from tests.tasks.image.pictures import noise, png

_SHARD = 60_000  # rows
_STEPS = 60
_CHANGES = {
    "table": {"source.size": 1, "source.renew_every": 1, "network": "mlp:width=256"},
    "image": {"source.size": 1, "source.renew_every": 1, "network": "mlp:width=64"},
}


def table(rows: int, seed: int) -> pa.Table:
    """Sixteen numbers, one category, ten classes."""
    random = np.random.default_rng(seed)
    target = random.integers(0, 10, rows)
    columns = {f"x{i}": (random.normal(size=rows) + target * (i % 3)).astype(np.float32) for i in range(16)}
    return pa.table(columns | {"kind": random.choice(["a", "b", "c"], rows), "target": target})


def image(rows: int, seed: int) -> pa.Table:
    """Pictures of 16x16 pixels, a few hundred different ones, ten classes."""
    random = np.random.default_rng(seed)
    pictures = [png(noise(16, 16, 3, seed=i) // 2) for i in range(200)]
    images = [{"bytes": pictures[i], "path": ""} for i in random.integers(0, 200, rows)]
    return pa.table({"image": images, "label": random.integers(0, 10, rows)})


def write(kind: str, rows: int, folder: Path) -> None:
    folder.mkdir(parents=True)
    made: Callable[[int, int], pa.Table] = {"table": table, "image": image}[kind]
    for shard in range(rows // _SHARD):
        pq.write_table(made(_SHARD, shard), folder / f"train-{shard:05}.parquet", row_group_size=10_000)


def measure(kind: str, folder: Path) -> dict[str, float]:
    began = time.perf_counter()
    task = open_task(folder, memory_limit=0, test_fraction=0.1)
    opened = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    counts = torch.full((task.target.groups,), 2)
    recipe = recipe_for("dm", task, counts, _CHANGES[kind] | {"steps": _STEPS})
    steps, began = [], time.process_time()
    for step in distillation(start_state(task, recipe, counts, 0, Execution(precision="float32")), 0):
        steps.append((step.seconds, time.process_time() - began))
        began = time.process_time()
    wall, cpu = (statistics.median(part[_STEPS // 4 :]) for part in zip(*steps, strict=True))
    used = {"step_s": wall, "step_cpu_s": cpu, "rss": psutil.Process().memory_info().rss}
    return {"rows": len(task.train), "open_s": opened, "open_peak": peak, **used}


if __name__ == "__main__":
    kind, rows, place = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    if not place.exists():
        write(kind, rows, place)
    sys.stdout.write(json.dumps(measure(kind, place)))
