"""Tensors in one safetensors file, whose header is judged before a byte of data is used."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BufferedReader
from itertools import pairwise
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from condenset.artifact.card import TensorRecord
from condenset.core.errors import ArtifactError, as_artifact_error
from condenset.core.untrusted_file import limits, open_regular

LARGEST_HEADER = 4 * 2**20  # bytes; a set has tens of tensors, a line each
_LENGTH = 8  # bytes of the header's length, little-endian, at the beginning of the file
_DTYPES = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "BOOL": torch.bool,
    "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8,
}  # fmt: skip
_PICKLES = (b"\x80", b"PK\x03\x04")  # plain pickle, and torch's archive of one


@dataclass(frozen=True)
class _Entry:
    """One tensor of a header: where its bytes lie, [start, end) within the data."""

    record: TensorRecord
    start: int
    end: int


def encode(tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a safetensors file; the same tensors, of any shapes, give the same bytes."""
    own = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    return safetensors.torch.save(own, None if metadata is None else dict(metadata))


def describe(tensors: Mapping[str, Tensor]) -> tuple[TensorRecord, ...]:
    """Name, shape and dtype of every tensor, in the order of names."""
    return tuple(
        TensorRecord(name, tuple(tensors[name].shape), _dtype_name(tensors[name].dtype)) for name in sorted(tensors)
    )


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


class TensorFile:
    """An open safetensors file whose header holds: known dtypes, possible shapes, and exactly the bytes they take.

    Attributes:
        records: name, shape and dtype of every tensor, in the order of names.
    """

    records: tuple[TensorRecord, ...]

    def __init__(self, path: Path, file: BufferedReader) -> None:
        """Args: file, the one at the path. Raises `ArtifactError` before anything as large as a tensor is read."""
        size = os.fstat(file.fileno()).st_size
        entries, self._begin = _read_header(path, file.read(_LENGTH + LARGEST_HEADER), size)
        _check_extent(path, entries, size - self._begin)
        with as_artifact_error():
            limits().check("bytes", size, str(path))
        self.records = tuple(sorted((entry.record for entry in entries), key=lambda record: record.name))
        self._path, self._file = path, file

    def sha256(self) -> str:
        """Of the whole file, in hexadecimal; it is read in parts."""
        self._file.seek(0)
        return hashlib.file_digest(self._file, "sha256").hexdigest()

    def read(self) -> tuple[dict[str, Tensor], dict[str, str]]:
        """Tensors, of the shapes and dtypes in the header, and metadata. Raises `ArtifactError`."""
        self._file.seek(0)
        content = self._file.read()
        metadata = json.loads(content[_LENGTH : self._begin]).get("__metadata__") or {}
        try:
            return safetensors.torch.load(content), metadata
        except (SafetensorError, RuntimeError, ValueError, TypeError) as error:
            raise ArtifactError(
                f"{self._path} is no valid safetensors file ({error}): it is damaged, fetch it again"
            ) from error


@contextmanager
def opened(path: Path) -> Iterator[TensorFile]:
    """A file of tensors, for the block. Raises `ArtifactError` where it is none, `OSError` where it is absent."""
    with ExitStack() as stack:
        with as_artifact_error():
            file = stack.enter_context(open_regular(path))
        yield TensorFile(path, file)


def _read_header(path: Path, head: bytes, size: int) -> tuple[list[_Entry], int]:
    if head.startswith(_PICKLES) and head[_LENGTH : _LENGTH + 1] != b"{":
        raise ArtifactError(f"{path} is a pickle, which can run code when opened: it was not; expected safetensors")
    length = int.from_bytes(head[:_LENGTH], "little")
    begin = _LENGTH + length
    if len(head) < _LENGTH or begin > size:
        raise ArtifactError(f"{path} is truncated or altered: {size:,} bytes, and its header ends at {begin:,}")
    if length > LARGEST_HEADER:
        raise ArtifactError(f"{path} has a header of {length:,} bytes: at most {LARGEST_HEADER:,} are read")
    try:
        listed = json.loads(head[_LENGTH:begin])
        return [_entry(name, fields) for name, fields in listed.items() if name != "__metadata__"], begin
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ArtifactError(f"{path} has a header that cannot be read ({error}): the file is altered") from error


def _entry(name: str, fields: Mapping[str, Any]) -> _Entry:
    shape, (start, end), dtype = fields["shape"], fields["data_offsets"], fields["dtype"]
    if dtype not in _DTYPES:
        raise ValueError(f"tensor {name!r} has dtype {dtype!r:.40}, expected one of {', '.join(_DTYPES)}")
    if any(type(number) is not int or number < 0 for number in (*shape, start, end)):
        raise ValueError(f"tensor {name!r} has shape {shape!r:.60} at {start!r:.20}..{end!r:.20}, not whole numbers")
    return _Entry(TensorRecord(name, tuple(shape), _dtype_name(_DTYPES[dtype])), start, end)


def _check_extent(path: Path, entries: list[_Entry], available: int) -> None:
    for entry in entries:
        record, needed = entry.record, entry.record.nbytes
        if needed != entry.end - entry.start:
            raise ArtifactError(
                f"{path}: tensor {record.name!r} of shape {record.shape} takes {needed:,} bytes and "
                f"{entry.end - entry.start:,} are set aside for it: the file is altered"
            )
    spans = sorted((entry.start, entry.end) for entry in entries)
    ends = max((end for _, end in spans), default=0)
    if ends != available:
        state = "truncated" if ends > available else "altered"
        raise ArtifactError(f"{path} is {state}: its tensors take {ends:,} bytes and it holds {available:,}")
    if spans and (spans[0][0] != 0 or any(end != start for (_, end), (start, _) in pairwise(spans))):
        raise ArtifactError(f"{path}: its tensors overlap or leave gaps: the file is altered")


def _dtype_name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
