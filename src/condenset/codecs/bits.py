"""Whole numbers of a few bits each, packed into bytes, of which a file holds no fewer."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from jaxtyping import UInt8
from torch import Tensor

from condenset.codecs.restoring import expect_tensor
from condenset.core.errors import ArtifactError, RequestError

BYTE = 8  # bits


def packed_bytes(count: int, bits: int) -> int:
    """Bytes of `count` numbers. Raises `RequestError` for bits that are not 1 to 8."""
    if type(bits) is not int or not 1 <= bits <= BYTE:
        raise RequestError(f"a number is stored in {bits!r} bits: expected 1 to {BYTE}")
    return -(-count * bits // BYTE)


def packed(numbers: UInt8[Tensor, "n count"], bits: int) -> UInt8[Tensor, "n bytes"]:
    """The lowest bits of every number, one after another from the lowest bit of the first byte on; rows apart."""
    if bits == BYTE:
        return numbers
    ones = _ones(numbers, bits).flatten(1)
    return _joined(F.pad(ones, (0, -ones.shape[1] % BYTE)).unflatten(1, (-1, BYTE)))


def unpacked(stored: UInt8[Tensor, "n bytes"], bits: int, count: int) -> UInt8[Tensor, "n count"]:
    """What `packed` packs, `count` numbers of every row."""
    if bits == BYTE:
        return stored
    ones = _ones(stored, BYTE).flatten(1)
    return _joined(ones[:, : count * bits].unflatten(1, (count, bits)))


def expect_packed(tensors: Mapping[str, Tensor], name: str, count: int, bits: int) -> UInt8[Tensor, "n bytes"]:
    """The named tensor of `count` packed numbers a row. Raises `ArtifactError` where it is none such."""
    stored = expect_tensor(tensors, name, 2, floating=False)
    width = packed_bytes(count, bits)
    if stored.dtype != torch.uint8 or stored.shape[1] != width:
        raise ArtifactError(
            f"tensor {name!r} is {tuple(stored.shape)} {stored.dtype}: {count} numbers of {bits} bits are {width} bytes"
        )
    return stored


def _ones(numbers: UInt8[Tensor, "n count"], bits: int) -> UInt8[Tensor, "n count bits"]:
    return (numbers[..., None] >> _places(bits, numbers)) & 1


def _joined(ones: UInt8[Tensor, "n count bits"]) -> UInt8[Tensor, "n count"]:
    return (ones << _places(ones.shape[2], ones)).sum(2, dtype=torch.uint8)


def _places(bits: int, like: Tensor) -> UInt8[Tensor, " bits"]:
    return torch.arange(bits, dtype=torch.uint8, device=like.device)
