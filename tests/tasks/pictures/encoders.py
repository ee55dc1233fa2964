"""A tiny encoder of random weights, as tests give it."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import torch
from safetensors.torch import save_file

from condenset.tasks.pictures.by_encoder import ByEncoder

MODEL = "test_resnet"


@cache
def weights() -> Path:
    """A file of them, the same at every call."""
    import timm

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        state = timm.create_model(MODEL).state_dict()
    path = Path(tempfile.mkdtemp()) / "weights.safetensors"
    save_file(state, path)
    return path


def tiny() -> ByEncoder:
    """It reads pictures at 32 pixels."""
    return ByEncoder.of(MODEL, weights(), 32)
