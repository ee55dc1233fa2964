"""What `explain` predicts of a run's time and memory beside what the run then takes, each in a process of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from tempfile import TemporaryDirectory
from unittest.mock import patch

import torch

from condenset.bench.images import grey_images
from condenset.bench.measurement import Measurement, Row, apart
from condenset.core.execution import Execution
from condenset.core.executor import LOCAL
from condenset.core.memory import peak_memory
from condenset.distillation import distillation, start_state
from condenset.prediction import predict
from condenset.recipe import recipe_for
from condenset.sources.source import ReadsExperts

_RUNS = {"dm": 400, "frepo": 300, "kip": 1200, "dsa": 300, "mtt": 30}  # method -> steps; 1 per class
_FACTOR = 1.3

Found = tuple[float, float]  # seconds, megabytes at the peak


def _predicted(method: str, steps: int) -> Found:
    task, counts = grey_images(), torch.ones(10, dtype=torch.long)
    found = predict(task, recipe_for(method, task, counts, {"steps": steps}), counts, seed=0, execution=Execution())
    return found.seconds, found.memory / 1e6


def _taken(method: str, steps: int) -> Found:
    task, counts = grey_images(), torch.ones(10, dtype=torch.long)
    recipe = recipe_for(method, task, counts, {"steps": steps})
    began = time.perf_counter()
    if isinstance(recipe.source, ReadsExperts):
        recipe.source.store(task, recipe.network).train_missing(LOCAL)
    for _ in distillation(start_state(task, recipe, counts, 0, Execution()), seed=0):
        pass
    return time.perf_counter() - began, peak_memory() / 1e6


def _afresh(work: Callable[[str, int], Found], method: str, steps: int) -> Found:
    """Where neither experts nor compiled code are there yet."""
    with TemporaryDirectory() as empty:
        places = {"CONDENSET_CACHE": empty, "TORCHINDUCTOR_CACHE_DIR": f"{empty}/compiled"}
        with patch.dict(os.environ, places):
            return apart(work, method, steps)


def measure() -> Iterator[Row]:
    """The larger of prediction and truth over the smaller."""
    for method, steps in _RUNS.items():
        found = [_afresh(work, method, steps) for work in (_predicted, _taken)]
        for name, unit, said, true in zip(("time", "memory"), ("s", "MB"), *found, strict=True):
            ratio = max(said / true, true / said)
            against = f"the run, {true:.3g} {unit}"
            yield Row(f"{name} that explain predicts of {method}", said, unit, ratio, against, ("at most", _FACTOR))


MEASUREMENT = Measurement("full", measure)
