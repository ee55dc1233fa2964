"""Shared test set-up: run-time shape checks, and where the real data and the golden vectors are."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch
from jaxtyping import install_import_hook

install_import_hook("condenset", "beartype.beartype")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
if "CONDENSET_DATA" not in os.environ and (SHARED / "data").is_dir():
    os.environ["CONDENSET_DATA"] = str(SHARED / "data")


def pytest_configure() -> None:
    """Nothing that an earlier run kept decides a test; all workers of this run share one cache."""
    os.environ["CONDENSET_CACHE"] = os.environ.get("CONDENSET_TEST_CACHE") or tempfile.mkdtemp(prefix="condenset-")
    os.environ["CONDENSET_TEST_CACHE"] = os.environ["CONDENSET_CACHE"]


def golden_folder() -> Path:
    """Where golden vectors are, if they are."""
    return Path(os.environ.get("CONDENSET_GOLDEN", SHARED / "golden"))


def golden(name: str) -> dict[str, torch.Tensor]:
    """Arrays of one golden file ("images/dm") as tensors; skips, naming the file, where it is missing."""
    path = golden_folder() / f"{name}.npz"
    if not path.exists():
        pytest.skip(f"golden vectors not found: set CONDENSET_GOLDEN to the folder that holds {name}.npz")
    with np.load(path, allow_pickle=False) as arrays:
        return {key: torch.from_numpy(np.asarray(arrays[key])) for key in arrays.files}


def close(actual: torch.Tensor, expected: torch.Tensor, tolerance: float) -> None:
    """Largest difference relative to the largest expected entry."""
    actual, expected = actual.detach().double(), expected.double()
    assert actual.shape == expected.shape, f"shape {tuple(actual.shape)}, expected {tuple(expected.shape)}"
    error = (actual - expected).abs().max().item() / max(expected.abs().max().item(), 1e-300)
    assert error <= tolerance, f"relative error {error:.2e} above {tolerance:.0e}"


def data_file(name: str) -> Path:
    """A file or folder below CONDENSET_DATA; skips, naming it, where it is missing."""
    root = os.environ.get("CONDENSET_DATA")
    if not root or not (Path(root) / name).exists():
        pytest.skip(f"CONDENSET_DATA not set / {name} not found")
    return Path(root) / name
