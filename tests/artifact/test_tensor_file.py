"""The file of tensors: same tensors, same bytes; a header that only looks like a pickle is read."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import torch

from condenset.artifact.tensor_file import describe, encode, parse, read_checked, records_of


def test_bytes_follow_from_the_tensors_alone(tmp_path: Path) -> None:
    tensors = {"b": torch.arange(6).view(2, 3), "a": torch.randn(4, 5, generator=torch.Generator()).T}
    shuffled = {"a": tensors["a"].contiguous(), "b": tensors["b"].clone()}
    assert encode(tensors) == encode(shuffled)
    path = tmp_path / "x.safetensors"
    path.write_bytes(encode(tensors, {"note": "kept"}))
    back, metadata = parse(path, read_checked(path))
    assert all(torch.equal(back[name], tensor) for name, tensor in tensors.items())
    assert metadata == {"note": "kept"}
    assert records_of(path, read_checked(path)) == describe(tensors)


def test_a_header_whose_length_looks_like_a_pickle_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    header = json.dumps({"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    path.write_bytes(struct.pack("<Q", 640) + header.ljust(640) + struct.pack("<2f", 1, 2))
    assert path.read_bytes()[:2] == b"\x80\x02"
    tensors, _ = parse(path, read_checked(path))
    assert tensors["x"].tolist() == [1, 2]
