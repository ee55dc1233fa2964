"""The file of tensors: same tensors, same bytes; a header that only looks like a pickle is read."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path

import pytest
import torch

from condenset.artifact.tensor_file import describe, encode, opened
from condenset.core.errors import ArtifactError


def test_bytes_follow_from_the_tensors_alone(tmp_path: Path) -> None:
    tensors = {"b": torch.arange(6).view(2, 3), "a": torch.randn(4, 5, generator=torch.Generator()).T}
    shuffled = {"a": tensors["a"].contiguous(), "b": tensors["b"].clone()}
    assert encode(tensors) == encode(shuffled)
    path = tmp_path / "x.safetensors"
    path.write_bytes(encode(tensors, {"note": "kept"}))
    with opened(path) as file:
        back, metadata = file.read()
        assert file.records == describe(tensors)
        assert file.sha256() == hashlib.sha256(path.read_bytes()).hexdigest()
    assert all(torch.equal(back[name], tensor) for name, tensor in tensors.items())
    assert metadata == {"note": "kept"}


def test_a_header_whose_length_looks_like_a_pickle_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    header = json.dumps({"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    path.write_bytes(struct.pack("<Q", 640) + header.ljust(640) + struct.pack("<2f", 1, 2))
    assert path.read_bytes()[:2] == b"\x80\x02"
    with opened(path) as file:
        tensors, _ = file.read()
    assert tensors["x"].tolist() == [1, 2]


def test_a_sparse_file_is_as_large_as_it_claims(tmp_path: Path) -> None:
    header = json.dumps({"x": {"dtype": "U8", "shape": [2**40], "data_offsets": [0, 2**40]}}).encode()
    with (tmp_path / "x.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        file.truncate(8 + len(header) + 2**40)
    message = r"has 1,099,511,.* bytes, and at most 1,073,741,824 are read"
    with pytest.raises(ArtifactError, match=message), opened(tmp_path / "x.safetensors"):
        pass
