"""Scores of baselines on disk: random examples score the same in every table, so they are trained on once."""

from __future__ import annotations

import contextlib
import json
from importlib.metadata import version
from pathlib import Path

import torch

from condenset.assets.signals import content_key
from condenset.core import structure
from condenset.core.batch import Batch
from condenset.core.cache import cache_folder, put
from condenset.core.rng import Rng
from condenset.tasks.task import Task

Score = tuple[dict[str, float], float]  # every metric, and seconds of training

_EDITION = 2  # counts up when a learner's numbers change; those of closed forms on graphs did


def score_key(identity: str, task: Task, batch: Batch, rng: Rng) -> str:
    """A hash over all that a score depends on: learner, data, examples that are trained on, stream, version.

    Args: identity, of the learner.
    """
    leaves = structure.tensors((batch.inputs, batch.targets, batch.weight))
    dense = [leaf for leaf in leaves if leaf.layout == torch.strided]  # the data's own graph is in their fingerprint
    versions = version("condenset"), torch.__version__, _EDITION
    return content_key(dense, versions, identity, task.fingerprint, task.preprocessing, rng)


def find_score(key: str) -> Score | None:
    """The score that was kept under a key; None where there is none that can be read."""
    try:
        grades, seconds = json.loads(_path(key).read_text(encoding="utf8"))
        return {str(name): float(value) for name, value in grades.items()}, float(seconds)
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def keep_score(key: str, score: Score) -> None:
    """Keep a score; without effect where the folder cannot be written."""
    with contextlib.suppress(OSError), put(_path(key)) as part:
        part.write_text(json.dumps(score), encoding="utf8")


def _path(key: str) -> Path:
    return cache_folder() / "scores" / f"{key}.json"
