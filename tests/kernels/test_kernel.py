"""Kernels by name: their fields, and what is refused."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.registries import KERNELS
from condenset.kernels.kernel import Kernel, named_kernel
from condenset.kernels.ntk import NTK
from tests.examples import normal


def test_a_name_carries_its_fields() -> None:
    assert named_kernel("ntk") == NTK()
    assert named_kernel("ntk:depth=3,bias_std=0.5") == NTK(depth=3, bias_std=0.5)
    assert named_kernel("conv-ntk:plan=cc").plan == "cc"


@pytest.mark.parametrize("name", KERNELS.names())
def test_every_kernel_is_one(name: str) -> None:
    assert isinstance(named_kernel(name), Kernel)


@pytest.mark.parametrize("name", [name for name in KERNELS.names() if name not in ("sntk", "lite-gntk")])
def test_kernels_of_tensors_are_symmetric_and_positive(name: str) -> None:
    images = normal(5, 1, 4, 4, dtype=torch.float64)
    matrix = named_kernel(name)(images, images)
    torch.testing.assert_close(matrix, matrix.T)
    assert torch.linalg.eigvalsh(matrix)[0] > 0
    torch.testing.assert_close(named_kernel(name)(images[:2], images), matrix[:2])


def test_unknown_names_and_fields_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'ntk'"):
        named_kernel("nkt")
    with pytest.raises(RequestError, match="kernel 'ntk:deepness=3' cannot be built"):
        named_kernel("ntk:deepness=3")
