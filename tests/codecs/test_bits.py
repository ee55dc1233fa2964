"""Packed numbers come back, against NumPy's packing, and what does not fit is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from condenset.codecs.bits import expect_packed, packed, packed_bytes, unpacked
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng


def numbers(bits: int, rows: int = 3, count: int = 13) -> torch.Tensor:
    return torch.randint(2**bits, (rows, count), generator=Rng(bits).torch(), dtype=torch.uint8)


@pytest.mark.parametrize("bits", range(1, 9))
def test_numbers_are_packed_as_numpy_packs_bits_and_come_back(bits: int) -> None:
    some = numbers(bits)
    planes = np.unpackbits(some.numpy()[..., None], axis=2, bitorder="little")[..., :bits]
    expected = np.packbits(planes.reshape(3, -1), axis=1, bitorder="little")
    found = packed(some, bits)
    assert np.array_equal(found.numpy(), expected)
    assert found.shape[1] == packed_bytes(13, bits) == int(np.ceil(13 * bits / 8))
    assert torch.equal(unpacked(found, bits, 13), some)


@pytest.mark.parametrize("bits", [0, 9, -1, True])
def test_impossible_bits_are_refused(bits: Any) -> None:
    with pytest.raises(RequestError, match=f"stored in {bits} bits: expected 1 to 8"):
        packed_bytes(8, bits)


@pytest.mark.parametrize(
    "stored", [torch.zeros(3, 4, dtype=torch.uint8), torch.zeros(3, 5, dtype=torch.int64), torch.zeros(3, 5)]
)
def test_tensors_of_other_numbers_are_refused(stored: torch.Tensor) -> None:
    assert expect_packed({"levels": packed(numbers(3), 3)}, "levels", 13, 3).shape == (3, 5)
    with pytest.raises(ArtifactError, match="tensor 'levels' is"):
        expect_packed({"levels": stored}, "levels", 13, 3)
