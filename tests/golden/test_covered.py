"""No golden vector of the image methods lies unread, and a clone has an excerpt of each that a test reads."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.conftest import ROOT, close, golden_folder
from tests.golden.excerpts import NAMES, SMALL, SUFFIX, Excerpt, packed, small, unpacked

COMPLETED = {
    "images/convnet_d3_{name}": ("images/convnet_d3_grey28", "images/convnet_d3_rgb32"),
    "images/mtt_tesla_{network}": ("images/mtt_tesla_mlp", "images/mtt_tesla_convnet"),
}

OF_REAL_DATA = {"modalities/recsys_magazine", "modalities/series_text_multimodal_etth1_ridge"}  # no use without them


def read() -> set[str]:
    """Names of the golden files that tests read; of a name that a test completes, all completions."""
    found = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        if path != Path(__file__):
            found |= set(re.findall(r'golden\(f?"([^"]+)"\)', path.read_text(encoding="utf8")))
    return {name for part in found for name in COMPLETED.get(part, (part,))}


def test_a_clone_has_an_excerpt_of_every_vector_that_is_read() -> None:
    kept = {str(path.relative_to(SMALL)).removesuffix(SUFFIX) for path in SMALL.rglob(f"*{SUFFIX}")}
    assert kept == read() - OF_REAL_DATA == {*NAMES, "images/cafe"}


def test_the_excerpts_are_small() -> None:
    sizes = [path.stat().st_size for path in SMALL.rglob(f"*{SUFFIX}")]
    assert max(sizes) < 34_000
    assert sum(sizes) < 350_000


@pytest.mark.all_vectors
def test_every_image_vector_is_read_by_a_test() -> None:
    names = {f"images/{path.stem}" for path in (golden_folder() / "images").glob("*.npz")}
    assert names <= read()


@pytest.mark.all_vectors
def test_the_excerpts_are_parts_of_the_vectors() -> None:
    for name in NAMES:
        with np.load(golden_folder() / f"{name}.npz", allow_pickle=False) as arrays:
            expected = unpacked(packed(name, {key: arrays[key] for key in arrays.files}))
        found = small(name)
        assert found.keys() == expected.keys(), name
        for key, value in found.items():
            assert same(value, expected[key]), f"{name}: {key}"


def same(one: Tensor | Excerpt, other: Tensor | Excerpt) -> bool:
    """Bit for bit, but for the sums."""
    if isinstance(one, Excerpt) and isinstance(other, Excerpt):
        sums = abs(one.total - other.total) <= 1e-9 * one.largest * one.values.numel()
        return one.shape == other.shape and one.values.equal(other.values) and one.largest == other.largest and sums
    return isinstance(one, Tensor) and isinstance(other, Tensor) and one.dtype == other.dtype and one.equal(other)


def test_an_excerpt_is_compared_by_its_entries_its_largest_and_its_sum() -> None:
    values = 1 + np.arange(600.0).reshape(3, 200)
    tensors = unpacked(packed("images/none", {"out": values + 1e-3 * np.sin(values)}))
    assert isinstance(tensors["out"], Excerpt)

    found = torch.from_numpy(values + 1e-3 * np.sin(values))
    close(found, tensors["out"], 1e-15)
    for place in ((0, 0), (1, 101), (2, 199)):
        changed = found.clone()
        changed[place] += 1
        with pytest.raises(AssertionError, match="relative error"):
            close(changed, tensors["out"], 1e-6)
