"""JPEG: files that other programs read, the best quality that fits, the bytes that lie in the file, refusals."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import condenset
from condenset.codecs.jpeg import Jpeg
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf
from condenset.tasks.image import open_images
from tests.examples import stored_bytes, waves

TASK = open_images("digits")


@pytest.mark.parametrize("shape", [(1, 20, 28), (3, 17, 9)])
def test_a_head_and_a_scan_are_a_file_that_says_what_is_decoded(shape: tuple[int, int, int]) -> None:
    codec = Jpeg.encode(waves(3, *shape), TASK, bits=6)
    head, scans = (codec.state_dict()[name].numpy().tobytes() for name in ("head", "scans"))
    for number, scan in enumerate(scans.split(b"\xff\xd9")[:3]):
        picture = Image.open(io.BytesIO(head + scan + b"\xff\xd9"))
        levels = np.asarray(picture).reshape(*shape[1:], shape[0]).transpose(2, 0, 1)
        expected = codec.levels.values(torch.tensor(levels)[None])[0]
        assert torch.equal(codec(torch.tensor([number]))[0], expected)


def test_more_bits_are_a_better_picture_and_the_best_that_fits_is_taken() -> None:
    images = waves(8, 1, 28, 28)
    errors = [float((Jpeg.encode(images, TASK, bits)() - images).square().mean()) for bits in (1.5, 2.5, 6)]
    assert errors[0] > 1.5 * errors[1] > 2 * errors[2] and errors[2] < 1e-3
    codec = Jpeg.encode(images, TASK, 2.0)
    spare = len(codec.scans) - len(codec.scans.numpy().tobytes().rstrip(b"\0"))
    assert len(codec.scans) == 8 * 28 * 28 * 2 // 8 and spare < 8 * 28  # a quarter of a bit a place


def test_a_budget_of_bytes_lies_in_the_file(tmp_path: Path) -> None:
    spec, bits = TASK.input_spec, {"codec": "jpeg:bits=3"}
    item, shared = Jpeg.item_bytes(spec, 3) + 1, Jpeg.shared_bytes(spec, 3)
    synthetic = condenset.distill(TASK, "jpeg", size=Size(bytes=40 * item + shared), changes=bits)
    assert (item, len(synthetic)) == (24 + 1, 40) and synthetic.nbytes().total == 40 * item + shared
    assert stored_bytes(synthetic, tmp_path / "set") == 40 * item + shared


def test_requests_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RequestError, match=r"takes .* bits a place of these images at least: got bits=0.1"):
        Jpeg.encode(waves(4, 1, 28, 28), TASK, 0.1)
    with pytest.raises(RequestError, match="has 0 bits a place: expected a number above 0"):
        Jpeg.item_bytes(Leaf((1, 28, 28)), 0)
    with pytest.raises(RequestError, match="grey and colour images: got 2 channels"):
        Jpeg.encode(waves(4, 2, 28, 28), TASK)
    with pytest.raises(RequestError, match="use codec raw"):
        Jpeg.encode(torch.ones(4, 8), TASK)


@pytest.mark.parametrize(
    "change",
    [{"fields": {"input_shape": shape}} for shape in ([1, 28, 27], [3, 28, 28], [2, 28, 28], [0, 28, 28], 28)]
    + [
        {"scans": torch.zeros(50, dtype=torch.uint8)},
        {"scans": torch.ones(50)},
        {"head": torch.tensor([0x89, 0x50], dtype=torch.uint8)},
        {"head": None},
    ],
)
def test_what_is_no_such_picture_is_refused(change: dict[str, Any]) -> None:
    codec = Jpeg.encode(waves(4, 1, 28, 28), TASK)
    fields = codec.fields() | change.pop("fields", {})
    tensors = {name: part for name, part in (codec.state_dict() | change).items() if part is not None}
    with pytest.raises(ArtifactError):
        Jpeg.restore(fields, tensors)
