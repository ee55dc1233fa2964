"""Shared test set-up: run-time shape checks, and where the real data and the golden vectors are."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests import shapes
from tests.golden.excerpts import Excerpt, small

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
LEFT_OUT: dict[str, list[str]] = {}
if "CONDENSET_DATA" not in os.environ and (SHARED / "data").is_dir():
    os.environ["CONDENSET_DATA"] = str(SHARED / "data")


shapes.check(ROOT / "src" / "condenset")


def pytest_configure() -> None:
    """Nothing that an earlier run kept decides a test; all workers of this run share one cache."""
    os.environ["CONDENSET_CACHE"] = os.environ.get("CONDENSET_TEST_CACHE") or tempfile.mkdtemp(prefix="condenset-")
    os.environ["CONDENSET_TEST_CACHE"] = os.environ["CONDENSET_CACHE"]


@pytest.fixture(scope="module")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache folder of one test file alone."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("CONDENSET_CACHE", str(folder))
        yield folder


def golden_folder() -> Path:
    """Where golden vectors are, if they are."""
    return Path(os.environ.get("CONDENSET_GOLDEN", SHARED / "golden"))


def golden(name: str) -> dict[str, Any]:
    """Arrays of one golden file ("images/dm") as tensors; where it is missing, the excerpt of it in `golden/small`."""
    path = golden_folder() / f"{name}.npz"
    if not path.exists():
        return small(name)
    with np.load(path, allow_pickle=False) as arrays:
        return {key: torch.from_numpy(np.asarray(arrays[key])) for key in arrays.files}


def close(actual: torch.Tensor, expected: torch.Tensor | Excerpt, tolerance: float) -> None:
    """Largest difference relative to the largest expected entry; of an excerpt, that of its entries and of the sum."""
    actual = actual.detach().double()
    assert actual.shape == expected.shape, f"shape {tuple(actual.shape)}, expected {tuple(expected.shape)}"
    if isinstance(expected, Excerpt):
        found = Excerpt.of(actual)
        largest = max(expected.largest, 1e-300)
        errors = [(found.values - expected.values).abs().max().item(), abs(found.largest - expected.largest)]
        errors.append(abs(found.total - expected.total) / actual.numel())
        error = max(errors) / largest
    else:
        expected = expected.detach().double()
        error = (actual - expected).abs().max().item() / max(expected.abs().max().item(), 1e-300)
    assert error <= tolerance, f"relative error {error:.2e} above {tolerance:.0e}"


def data_file(name: str) -> Path:
    """A file or folder below CONDENSET_DATA, for tests marked `real_data`."""
    return Path(os.environ["CONDENSET_DATA"]) / name


def missing(item: pytest.Item) -> list[str]:
    """What a test needs and this checkout has not: golden vectors, or files and folders below CONDENSET_DATA."""
    root = os.environ.get("CONDENSET_DATA")
    found = [name for mark in item.iter_markers("real_data") for name in mark.args]
    absent = [f"CONDENSET_DATA/{name}" for name in found if not root or not (Path(root) / name).exists()]
    vectors = item.get_closest_marker("all_vectors") is not None and not (golden_folder() / "images").is_dir()
    return absent + ["CONDENSET_GOLDEN"] * vectors


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of data and vectors that are not here are left out; `pytest_terminal_summary` says which."""
    left_out = {item.nodeid: needs for item in items if (needs := missing(item))}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left_out])
    items[:] = [item for item in items if item.nodeid not in left_out]
    LEFT_OUT.update(left_out)
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = left_out


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker of pytest-xdist says what it left out."""
    LEFT_OUT.update(getattr(node, "workeroutput", {}).get("left_out", {}))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line for everything that this checkout cannot check."""
    if LEFT_OUT:
        names = sorted({name for needs in LEFT_OUT.values() for name in needs})
        terminalreporter.write_line(f"left out: {len(LEFT_OUT)} tests that need {', '.join(names)}, which are not here")
