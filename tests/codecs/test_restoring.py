"""Tensors that were read from a file are checked before a codec trusts them."""

from __future__ import annotations

import pytest
import torch

from condenset.codecs.restoring import expect_tensor
from condenset.core.errors import ArtifactError


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
