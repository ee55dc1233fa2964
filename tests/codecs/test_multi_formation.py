from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F

from condenset.codecs.multi_formation import MultiFormation
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.registries import CODECS
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.image import open_images
from tests.conftest import close, golden


def images(*shape: int) -> torch.Tensor:
    return torch.rand(shape, generator=Rng(0).torch())


@pytest.mark.parametrize("factor", [2, 3])
def test_golden_decode(factor: int) -> None:
    expected = golden("images/idc")
    codec = MultiFormation(expected["decode.in"], factor, pad=0.5)
    close(codec(), expected[f"decode.factor{factor}.out"], 1e-6)
    assert torch.equal(expected["decode.label"][codec.origin()], expected[f"decode.factor{factor}.label"])


def test_every_tile_is_enlarged_on_its_own() -> None:
    data = images(2, 3, 8, 12)
    decoded = MultiFormation(data)()
    assert decoded.shape == (8, 3, 8, 12)
    tile = data[1, :, 4:, :6]
    expected = F.interpolate(tile[None], (8, 12), mode="bilinear", align_corners=False)[0]
    assert torch.allclose(decoded[2 * 2 + 1], expected, atol=1e-6)


def test_factor_one_is_the_identity() -> None:
    data = images(2, 3, 8, 8)
    assert torch.equal(MultiFormation(data, 1)(), data)


def test_gradients_reach_every_stored_pixel() -> None:
    codec = MultiFormation(images(2, 1, 7, 7), 3)
    codec().square().sum().backward()
    assert codec.images.data.grad is not None
    assert (codec.images.data.grad.abs() > 0).all()


@pytest.mark.parametrize(("factor", "side"), [(2, 8), (3, 8), (2, 9)])
def test_encoded_examples_come_back_blurred_in_the_item_they_were_given_to(factor: int, side: int) -> None:
    levels = torch.arange(2.0 * factor**2)
    flat = levels[:, None, None, None].expand(-1, 3, side, side).contiguous()
    codec = MultiFormation.encode(flat, open_images("digits"), factor=factor)
    assert codec.images.data.shape == (2, 3, side, side)
    decoded, origin = codec(), codec.origin()
    for item in range(2):
        centres = decoded[origin == item][:, :, 0, 0]
        expected = levels[item * factor**2 : (item + 1) * factor**2]
        assert torch.allclose(centres, expected[:, None].expand(-1, 3))


def test_encoding_reduces_by_area_means() -> None:
    examples = images(4, 1, 8, 8)
    codec = MultiFormation.encode(examples, open_images("digits"))
    assert torch.allclose(codec.images.data[0, 0, 4:, :4], F.avg_pool2d(examples[2], 2)[0], atol=1e-6)


def test_requests_that_do_not_fit_are_refused() -> None:
    task = open_images("digits")
    with pytest.raises(RequestError, match="5 examples do not fill"):
        MultiFormation.encode(images(5, 1, 8, 8), task)
    with pytest.raises(RequestError, match="use codec raw"):
        MultiFormation.encode(images(4, 8), task)
    with pytest.raises(RequestError, match="factor 9"):
        MultiFormation(images(1, 1, 8, 8), 9)


def test_it_is_restored_exactly_from_what_it_stores() -> None:
    codec = MultiFormation(images(2, 3, 9, 9), 2, pad=-0.25)
    again = CODECS.get("multi-formation").restore(codec.fields(), codec.state_dict())
    assert torch.equal(again(), codec())
    assert again.fields() == codec.fields() == {"input_shape": [3, 9, 9], "factor": 2, "pad": -0.25}
    assert MultiFormation.examples_per_item(factor=3, pad=0.5) == 9
    assert list(codec.parameter_groups()) == ["data"]


@pytest.mark.parametrize("of", ["quantised", "palette"])
def test_images_are_stored_as_another_codec_stores_them(of: str) -> None:
    learnt = MultiFormation.encode(images(8, 3, 9, 9), open_images("digits"), of=of)
    learnt().square().sum().backward()
    assert all(part.grad is not None for part in learnt.parameter_groups()["data"])
    kept = learnt.stored()
    assert torch.equal(kept(), learnt()) and torch.equal(kept(torch.tensor([5, 2])), learnt()[[5, 2]])
    again = CODECS.get("multi-formation").restore(kept.fields(), kept.state_dict())
    assert torch.equal(again(), kept()) and again.fields() == learnt.fields()
    sizes = [MultiFormation.item_bytes(Leaf((3, 9, 9)), of=of), MultiFormation.shared_bytes(Leaf((3, 9, 9)), of=of)]
    assert sizes == [CODECS.get(of).item_bytes(Leaf((3, 9, 9))), 3 * 8]
    assert sum(t.numel() * t.element_size() for t in kept.state_dict().values()) == 2 * sizes[0] + sizes[1]


def test_codecs_of_several_images_are_refused() -> None:
    with pytest.raises(RequestError, match="frequency has several: take another"):
        MultiFormation.item_bytes(Leaf((3, 9, 9)), of="frequency")
    with pytest.raises(RequestError, match="latent decodes by a file: take another"):
        MultiFormation.item_bytes(Leaf((3, 9, 9)), of="latent")
    codec = MultiFormation(images(2, 3, 9, 9))
    with pytest.raises(ArtifactError, match="multi-formation has several"):
        MultiFormation.restore(codec.fields() | {"of": "multi-formation"}, codec.state_dict())
    with pytest.raises(ArtifactError, match="unknown codec"):
        MultiFormation.restore(codec.fields() | {"of": "pixel"}, codec.state_dict())


def test_sets_that_named_no_codec_of_their_images_are_read() -> None:
    codec = MultiFormation(images(2, 3, 9, 9))
    again = MultiFormation.restore(codec.fields(), {"data": codec.images.data})
    assert torch.equal(again(), codec())


@pytest.mark.parametrize(
    "change",
    [
        {"factor": 0},
        {"factor": 2.5},
        {"factor": 100},
        {"factor": None},
        {"pad": "x"},
        {"input_shape": [3, 8, 8]},
        {"of": 3},
    ],
)
def test_fields_that_do_not_fit_are_refused(change: dict[str, Any]) -> None:
    codec = MultiFormation(images(2, 3, 9, 9))
    with pytest.raises(ArtifactError):
        MultiFormation.restore(codec.fields() | change, codec.state_dict())
