"""Mosaic: one picture that other programs read, nearer than JPEG at the same bytes, the bytes in the file, refusals."""

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
from condenset.codecs.mosaic import Mosaic
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.image import open_images
from tests.examples import stored_bytes, waves

TASK = open_images("digits")


@pytest.mark.parametrize("shape", [(1, 20, 28), (3, 17, 9)])
def test_it_is_one_picture_of_tiles_row_by_row(shape: tuple[int, int, int]) -> None:
    images = waves(7, *shape)
    codec = Mosaic.encode(images, TASK, bits=30).stored()
    picture = Image.open(io.BytesIO(codec.picture.numpy().tobytes()))
    channels, height, width = shape
    assert picture.size == (3 * width, 3 * height)
    tiles = np.asarray(picture.convert("L" if channels == 1 else "RGB")).reshape(3, height, 3, width, channels)
    for number in range(7):
        row, column = divmod(number, 3)
        levels = torch.tensor(tiles[row, :, column].transpose(2, 0, 1))
        assert torch.equal(codec(torch.tensor([number]))[0], codec.levels.values(levels[None])[0])
    assert (codec() - images).square().mean() < (
        0.02 if channels == 1 else 0.06
    ) * images.var()  # colours are of half as many places


def test_more_bits_are_a_better_picture_and_nearer_than_a_file_for_each_image() -> None:
    images = waves(20, 1, 28, 28) + 0.03 * torch.randn(20, 1, 28, 28, generator=Rng(1).torch())
    error = {
        bits: float((Mosaic.encode(images, TASK, bits).stored()() - images).square().mean()) for bits in (0.5, 1.0)
    }
    assert error[0.5] > 1.1 * error[1.0]
    assert float((Jpeg.encode(images, TASK, 1.0)() - images).square().mean()) > 1.3 * error[1.0]


def test_what_is_learnt_shows_what_compression_leaves_and_is_compressed_anew_with_what_it_has_moved() -> None:
    images, goal = waves(9, 1, 28, 28), waves(18, 1, 28, 28)[9:]
    learnt = Mosaic.encode(images, TASK, 2)
    assert torch.equal(learnt(), learnt.stored()()) and not torch.equal(learnt(), images)
    (data,) = learnt.parameter_groups()["data"]
    before = float((learnt() - goal).detach().square().mean())
    for _ in range(10):
        (slope,) = torch.autograd.grad((learnt() - goal).square().sum() / 2, data)
        data.data -= 0.5 * slope
    stored = learnt.stored()
    assert float((learnt() - goal).detach().square().mean()) < 1e-3 * before
    assert float((stored() - goal).square().mean()) < 0.05 * before
    assert stored.picture.shape == learnt.first.picture.shape


def test_a_budget_of_bytes_lies_in_the_file(tmp_path: Path) -> None:
    spec, change = TASK.input_spec, {"codec": "mosaic:bits=2"}
    item, shared = Mosaic.item_bytes(spec, 2) + 1, Mosaic.shared_bytes(spec, 2)
    synthetic = condenset.distill(TASK, "k-means", size=Size(bytes=60 * item + shared), changes=change)
    assert (item, len(synthetic)) == (16 + 1, 60) and synthetic.nbytes().total == 60 * item + shared
    assert stored_bytes(synthetic, tmp_path / "set") == 60 * item + shared


def test_requests_that_do_not_fit_are_refused() -> None:
    with pytest.raises(RequestError, match=r"takes .* bits a place of these images at least: got bits=0.01"):
        Mosaic.encode(torch.rand(20, 1, 28, 28, generator=Rng(0).torch()), TASK, 0.01)
    with pytest.raises(RequestError, match="has 0 bits a place: expected a number above 0"):
        Mosaic.item_bytes(Leaf((1, 28, 28)), 0)
    with pytest.raises(RequestError, match="grey or colour images: got 2 channels"):
        Mosaic.encode(waves(4, 2, 28, 28), TASK)
    with pytest.raises(RequestError, match="use codec raw"):
        Mosaic.encode(torch.ones(4, 8), TASK)


@pytest.mark.parametrize(
    "change",
    [{"fields": {"input_shape": shape}} for shape in ([1, 28, 27], [0, 28, 28], 28)]
    + [{"fields": {"items": items}} for items in (0, 5, "4", 10**9)]
    + [
        {"picture": torch.zeros(50, dtype=torch.uint8)},
        {"picture": torch.ones(50)},
        {"picture": None},
        {"levels.scale": torch.ones(3)},
    ],
)
def test_what_is_no_such_picture_is_refused(change: dict[str, Any]) -> None:
    codec = Mosaic.encode(waves(4, 1, 28, 28), TASK, 6).stored()
    fields = codec.fields() | change.pop("fields", {})
    tensors = {name: part for name, part in (codec.state_dict() | change).items() if part is not None}
    with pytest.raises(ArtifactError):
        Mosaic.restore(fields, tensors)
