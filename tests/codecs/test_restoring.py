"""Tensors that were read from a file are checked before a codec trusts them."""

from __future__ import annotations

import pytest
import torch

from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.core.errors import ArtifactError
from condenset.core.registries import CODECS


def test_a_fitting_tensor_is_returned_as_it_is() -> None:
    data = torch.ones(2, 3)
    assert expect_tensor({"data": data}, "data", 2) is data
    half = torch.ones(2, dtype=torch.float16)
    assert expect_tensor({"data": half}, "data", 1) is half


@pytest.mark.parametrize(
    ("tensor", "found"),
    [
        (torch.ones(2, 3, 1), r"\(2, 3, 1\) torch.float32"),
        (torch.ones(2, 3, dtype=torch.int64), r"\(2, 3\) torch.int64"),
        (torch.ones(0, 3), r"\(0, 3\)"),
        (torch.tensor(1.0), r"\(\) torch.float32"),
    ],
)
def test_another_one_is_refused_with_what_it_is(tensor: torch.Tensor, found: str) -> None:
    with pytest.raises(ArtifactError, match=f"'data' is {found}.*: expected 2 dimensions of floating point numbers"):
        expect_tensor({"data": tensor}, "data", 2)


def test_a_missing_one_is_refused_with_those_that_are_there() -> None:
    with pytest.raises(ArtifactError, match=r"'data' is missing: found \['a', 'b'\]"):
        expect_tensor({"b": torch.ones(1), "a": torch.ones(1)}, "data", 1)


BOMBS = {
    "bases": ({"size": [1600, 1600], "images": 1}, {"coefficients": (1000, 2), "bases": (2, 3, 100, 100)}),
    "frequency": ({"size": [10_000, 10_000]}, {"data": (10, 1, 1, 9)}),
    "multi-formation": ({"input_shape": [3, 256, 256], "factor": 256, "pad": 0.0}, {"data": (1, 3, 256, 256)}),
    "graph-generator": ({"features": 10, "width": 128}, {"features": (3000, 10), "first.weight": (128, 20)}),
    "harmonics": ({"length": 100_000, "lookback": 2, "horizon": 1}, {"data": (10, 3), "rows": (10,)}),
    "gaussians": ({"input_shape": [1, 30_000, 30_000], "count": 1}, {"data": (10, 7)}),
    "neural-field": ({"input_shape": [1, 30_000, 30_000], "layers": 1, "width": 1}, {"data": (10, 5)}),
    "series": ({"length": 100_000, "lookback": 2, "horizon": 1}, {"data": (10, 3)}),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_file_that_decodes_to_much_is_refused_before_it_does(name: str) -> None:
    fields, shapes = BOMBS[name]
    tensors = {key: torch.ones(shape) for key, shape in shapes.items()}
    with pytest.raises(ArtifactError, match=r", as it decodes, has [\d,]+ bytes.*CONDENSET_LIMITS=bytes=\d+"):
        CODECS.get(name).restore(fields, tensors)


def test_what_fits_is_decodable() -> None:
    expect_decodable(2**28, "a set")
    with pytest.raises(ArtifactError, match="a set, as it decodes, has"):
        expect_decodable(2**28 + 1, "a set")
