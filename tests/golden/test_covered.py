"""No golden vector of the image methods lies unread."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT, golden_folder


def test_every_image_vector_is_read_by_a_test() -> None:
    """By its name, or by a part of it that a test completes."""
    folder = golden_folder() / "images"
    if not folder.is_dir():
        pytest.skip(f"golden vectors not found: set CONDENSET_GOLDEN to the folder that holds {folder.name}/")
    tests = "".join(
        path.read_text(encoding="utf8") for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__)
    )
    completed = {"convnet_d3_grey28", "convnet_d3_rgb32", "mtt_tesla_convnet"}
    names = {path.stem for path in folder.glob("*.npz")}
    assert {name for name in names - completed if f'"images/{name}"' not in tests} == set()
    assert completed <= names and "images/convnet_d3_{name}" in tests and "images/mtt_tesla_{network}" in tests
