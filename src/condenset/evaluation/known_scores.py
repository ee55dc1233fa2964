"""Scores of baselines on disk: random examples score the same in every table, so they are trained on once."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from importlib.metadata import version
from pathlib import Path

import torch
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.cache import cache_folder
from condenset.core.rng import Rng
from condenset.tasks.task import Task

Score = tuple[float, float]  # and seconds of training


def score_key(identity: str, task: Task, batch: Batch, rng: Rng) -> str:
    """A hash over all that a score depends on: learner, data, examples that are trained on, stream, version.

    Args: identity, of the learner.
    """
    facts = [
        version("condenset"),
        torch.__version__,
        identity,
        task.fingerprint,
        task.preprocessing,
        rng.seed,
        rng.path,
    ]
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    inputs = (batch.inputs,) if isinstance(batch.inputs, Tensor) else (batch.inputs.features,)
    for tensor in (*inputs, batch.targets, batch.weight):
        digest.update(tensor.contiguous().cpu().numpy().tobytes())
    return digest.hexdigest()[:32]


def find_score(key: str) -> Score | None:
    """The score that was kept under a key; None where there is none that can be read."""
    try:
        score, seconds = json.loads(_path(key).read_text(encoding="utf8"))
    except (OSError, ValueError):
        return None
    return float(score), float(seconds)


def keep_score(key: str, score: Score) -> None:
    """Keep a score; without effect where the folder cannot be written."""
    path = _path(key)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_text(json.dumps(score), encoding="utf8")
        part.replace(path)


def _path(key: str) -> Path:
    return cache_folder() / "scores" / f"{key}.json"
