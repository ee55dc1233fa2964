"""Inputs that do not fit a kernel are refused with their shape and a way out."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.graph import features_only
from condenset.kernels.inputs import flat_inputs, graph_inputs, image_inputs


def test_examples_are_flattened_row_by_row() -> None:
    images = torch.arange(24.0).reshape(2, 3, 2, 2)
    assert torch.equal(flat_inputs(images, "ntk"), torch.arange(24.0).reshape(2, 12))


@pytest.mark.parametrize(
    ("read", "inputs", "message"),
    [
        (flat_inputs, features_only(torch.ones(3, 2)), "graph of 3 nodes"),
        (flat_inputs, torch.ones(3), r"shape \(3,\)"),
        (image_inputs, features_only(torch.ones(3, 2)), "graph of 3 nodes"),
        (image_inputs, torch.ones(3, 8, 8), r"shape \(3, 8, 8\).*use 'ntk'"),
        (graph_inputs, torch.ones(3, 2), r"shape \(3, 2\).*features_only"),
    ],
)
def test_misfits_are_refused_by_name(read, inputs, message) -> None:
    with pytest.raises(RequestError, match=message):
        read(inputs, "some-kernel")
