"""DSA against the released operations with their recorded draws, and what siamese means."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.ndimage import affine_transform
from torch import Tensor

from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.nodes import features_only
from condenset.core.rng import Rng
from condenset.tasks.pictures import augment
from condenset.tasks.pictures.augment import DSA, DSARecord
from tests.conftest import close, golden

GROUPS = ("color", "crop", "cutout", "flip", "scale", "rotate")
Draws = Callable[[str], Tensor]

OPERATIONS: dict[str, Callable[[Tensor, Draws], Tensor]] = {
    "flip": lambda x, draw: augment.flip(x, draw("u"), 0.5),
    "brightness": lambda x, draw: augment.brightness(x, draw("u"), 1.0),
    "saturation": lambda x, draw: augment.saturation(x, draw("u"), 2.0),
    "contrast": lambda x, draw: augment.contrast(x, draw("u"), 0.5),
    "scale": lambda x, draw: augment.scale(x, torch.stack([draw("u_x"), draw("u_y")], 1), 1.2),
    "rotate": lambda x, draw: augment.rotate(x, draw("u"), 15.0),
    "crop": lambda x, draw: augment.crop(x, torch.stack([draw("shift_x"), draw("shift_y")], 1)),
    "cutout": lambda x, draw: augment.cutout(x, torch.stack([draw("offset_x"), draw("offset_y")], 1), (8, 8)),
}


def images(count: int = 4, channels: int = 3, side: int = 16, seed: int = 0) -> Tensor:
    """Random images (count, channels, side, side)."""
    return torch.randn(count, channels, side, side, generator=Rng(seed).torch())


def uniform(integers: Tensor, smallest: int, count: int) -> Tensor:
    """A uniform number that becomes the given integer."""
    return ((integers - smallest).float() + 0.5) / count


def record_of(groups: tuple[str, ...], draws: list[Tensor]) -> DSARecord:
    """Recorded draws of one image in order of use, for 16x16 images, as one shared record."""
    found, rest = {}, list(draws)
    for group in groups:
        numbers = [rest.pop(0) for _ in range(augment.GROUPS[group])]
        if group == "crop":
            numbers = [uniform(n, -2, 5) for n in numbers]
        if group == "cutout":
            numbers = [uniform(n, 0, 17) for n in numbers]
        found[group] = torch.stack(numbers, 1)
    assert not rest
    return DSARecord(groups, found)


def recorded(arrays: dict[str, Tensor], prefix: str) -> list[Tensor]:
    return [arrays[f"{prefix}.draw{i}"] for i in range(11) if f"{prefix}.draw{i}" in arrays]


def test_constants_are_the_released_ones() -> None:
    arrays, dsa = golden("images/dsa"), DSA()
    ours = {
        "prob_flip": dsa.flip_probability,
        "ratio_scale": dsa.scale_ratio,
        "ratio_rotate": dsa.rotate_degrees,
        "ratio_crop_pad": dsa.crop_ratio,
        "ratio_cutout": dsa.cutout_ratio,
        "brightness": dsa.brightness,
        "saturation": dsa.saturation,
        "contrast": dsa.contrast,
    }
    assert ours == {key.removeprefix("param."): float(v) for key, v in arrays.items() if key.startswith("param.")}


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("repeat", [0, 1])
def test_released_operation_per_image(name: str, repeat: int) -> None:
    arrays = golden("images/dsa")
    x = arrays["x"].clone().requires_grad_()
    y = OPERATIONS[name](x, lambda key: arrays[f"each.{name}.{repeat}.{key}"])
    close(y, arrays[f"each.{name}.{repeat}.y"], 1.5e-6)
    if repeat == 0:
        (gradient,) = torch.autograd.grad((y * arrays["grad_weight"]).sum(), x)
        close(gradient, arrays[f"each.{name}.0.grad_x"], 1e-5)


@pytest.mark.parametrize("group", GROUPS)
def test_released_siamese_group(group: str) -> None:
    arrays, prefix = golden("images/dsa"), f"siamese.S.{group}"
    assert GROUPS.index(group) == int(arrays[f"{prefix}.group_index"])
    record = record_of((group,), recorded(arrays, prefix))
    dsa, x = DSA(), arrays["x"]
    close(dsa.apply(record, x), arrays[f"{prefix}.y"], 1.5e-6)
    close(dsa.apply(record, x[:2].flip(1)), arrays[f"{prefix}.y_other_batch"], 1.5e-6)


def test_released_siamese_of_all_groups() -> None:
    arrays = golden("images/dsa")
    record = record_of(GROUPS, recorded(arrays, "siamese.M"))
    close(DSA(mode="all").apply(record, arrays["x"]), arrays["siamese.M.y"], 1.5e-6)


def test_scale_is_separable_interpolation() -> None:
    x = torch.randn(1, 2, 9, 14, generator=Rng(0).torch(), dtype=torch.float64)
    u = torch.tensor([[0.1, 0.95]], dtype=torch.float64)
    stretch = (u[0] * (1.2 - 1 / 1.2) + 1 / 1.2).tolist()
    weights = []
    for factor, side in zip(stretch, (14, 9), strict=True):
        centres = np.arange(side) - (side - 1) / 2
        weights.append(np.maximum(0, 1 - np.abs(factor * centres[:, None] - centres)))
    expected = weights[1] @ x[0].numpy() @ weights[0].T
    assert np.abs(augment.scale(x, u, 1.2)[0].numpy() - expected).max() < 1e-12


def test_rotation_equals_scipys() -> None:
    x = torch.randn(1, 1, 15, 15, generator=Rng(0).torch(), dtype=torch.float64)
    u = torch.tensor([0.9], dtype=torch.float64)
    angle = np.deg2rad((0.9 - 0.5) * 30)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])  # acts on (row, column)
    centre = np.array([7.0, 7.0])
    padded = np.pad(x[0, 0].numpy(), 4)
    expected = affine_transform(padded, matrix, (centre + 4) - matrix @ (centre + 4), order=1)[4:-4, 4:-4]
    assert np.abs(augment.rotate(x, u, 15.0)[0, 0].numpy() - expected).max() < 1e-12


@pytest.mark.parametrize("shift", [(-2, 1), (0, 0), (3, -4)])
@pytest.mark.parametrize("side", [6, 28, 97])
def test_crop_shifts_exactly_and_fills_with_zeros(shift: tuple[int, int], side: int) -> None:
    x = images(2, side=side)
    padded = np.pad(x.numpy(), ((0, 0), (0, 0), (4, 4), (4, 4)))
    expected = padded[:, :, 4 + shift[0] : 4 + shift[0] + side, 4 + shift[1] : 4 + shift[1] + side]
    assert np.array_equal(augment.crop(x, torch.tensor([shift])).numpy(), expected)


@pytest.mark.parametrize("offset", [(0, 0), (3, 4), (7, 7), (7, 0)])
def test_cutout_clips_at_the_border(offset: tuple[int, int]) -> None:
    kept = augment.cutout(torch.ones(1, 1, 7, 7), torch.tensor([offset]), (3, 4))[0, 0]
    expected = np.ones((7, 7), dtype=np.float32)
    for i in range(3):
        for j in range(4):
            row, column = (np.clip(v, 0, 6) for v in (i + offset[0] - 1, j + offset[1] - 2))
            if offset[0] < 7 or i < 1:
                expected[row, column] = 0
    assert np.array_equal(kept.numpy(), expected)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("channels", [1, 3])
def test_a_siamese_record_transforms_every_image_alike(group: str, channels: int) -> None:
    dsa, x = DSA((group,)), images(channels=channels)
    one = dsa.draw(1, Rng(3))
    shared = dsa.apply(one, x)
    for index in range(4):
        assert torch.allclose(dsa.apply(one, x[index : index + 1])[0], shared[index], atol=1e-6)
    repeated = DSARecord(one.groups, {k: v.expand(4, -1) for k, v in one.draws.items()})
    assert torch.allclose(dsa.apply(repeated, x), shared, atol=1e-6)


@pytest.mark.parametrize("group", GROUPS)
def test_a_record_per_image_transforms_images_on_their_own(group: str) -> None:
    dsa = DSA((group,))
    x = images(1).expand(16, -1, -1, -1)
    y = dsa.apply(dsa.draw(16, Rng(0)), x)
    assert len({tuple(image.flatten().tolist()) for image in y}) > (1 if group == "flip" else 4)


def test_each_image_gets_one_operation_of_its_own() -> None:
    dsa, x = DSA(("crop", "flip", "color"), mode="each", flip_probability=1.0), images().repeat(16, 1, 1, 1)
    record = dsa.draw(len(x), Rng(1))
    assert record.only is not None
    one_by_one = torch.stack([DSA((group,), flip_probability=1.0).apply(replace(record, groups=(group,), only=None), x)
                              for group in dsa.strategy])  # fmt: skip
    chosen = (record.only * 3).long()
    assert torch.equal(dsa.apply(record, x), one_by_one[chosen, torch.arange(len(x))])
    assert (torch.bincount(chosen, minlength=3) > len(x) // 6).all()


def test_a_siamese_record_of_one_operation_each_is_that_of_the_whole_batch() -> None:
    dsa, x = DSA(mode="each"), images()
    one = dsa.draw(1, Rng(2))
    assert torch.allclose(dsa.apply(one, x)[2:3], dsa.apply(one, x[2:3]), atol=1e-6)


def test_grey_images_have_no_saturation() -> None:
    x = images(channels=1)
    assert torch.equal(augment.saturation(x, torch.rand(4, generator=Rng(0).torch()), 2.0), x)


def test_draws_repeat_and_single_mode_draws_every_group() -> None:
    dsa = DSA()
    first, again = dsa.draw(3, Rng(1)), dsa.draw(3, Rng(1))
    assert first.groups == again.groups
    assert all(torch.equal(first.draws[g], again.draws[g]) for g in first.groups)
    chosen = [dsa.draw(1, Rng(0).child(step)).groups for step in range(600)]
    counts = [chosen.count((group,)) for group in GROUPS]
    assert sum(counts) == 600
    assert min(counts) > 60  # 100 expected, standard deviation 9
    assert max(counts) < 140
    assert DSA(mode="all").draw(1, Rng(0)).groups == GROUPS


def test_geometric_mode_draws_one_of_the_operations_that_move_pixels_and_applies_the_others() -> None:
    drawn = [DSA(mode="geometric").draw(1, Rng(0).child(step)).groups for step in range(300)]
    assert {groups[:2] + groups[3:] for groups in drawn} == {("flip", "color", "cutout")}
    moved = [groups[2] for groups in drawn]
    assert min(moved.count(name) for name in ("crop", "scale", "rotate")) > 60  # 100 expected, standard deviation 8
    assert DSA(("cutout", "color"), mode="geometric").draw(1, Rng(0)).groups == ("color", "cutout")
    assert DSA(("rotate",), mode="geometric").draw(1, Rng(0)).groups == ("rotate",)


def test_integer_draws_cover_their_range_evenly_and_never_leave_it() -> None:
    u = torch.tensor([0.0, 1 - 2**-24])
    assert augment._integers(u, 33).tolist() == [0, 32]
    values = augment._integers(torch.rand(50000, generator=Rng(0).torch()), 5)
    assert torch.bincount(values).div(10000).sub(1).abs().max() < 0.05


def test_sizes_of_crop_and_cutout_follow_the_image() -> None:
    x = torch.ones(400, 1, 8, 8)
    cropped = DSA(("crop",)).apply(DSA(("crop",)).draw(400, Rng(0)), x)
    assert set(cropped.sum((1, 2, 3)).int().tolist()) == {64, 56, 49}
    cut = DSA(("cutout",)).apply(DSA(("cutout",)).draw(400, Rng(0)), x)
    assert cut.sum((1, 2, 3)).min() == 64 - 16
    assert cut.sum((1, 2, 3)).max() == 64 - 4


@pytest.mark.parametrize("group", GROUPS)
def test_derivative_in_the_images(group: str) -> None:
    dsa = DSA((group,))
    record = dsa.draw(2, Rng(5))
    x = images(2, side=5).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda value: dsa.apply(record, value), x, atol=1e-6)


def test_global_generator_is_left_alone_and_nothing_warns() -> None:
    before = torch.get_rng_state()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dsa = DSA(mode="all")
        y = dsa.apply(dsa.draw(4, Rng(0)), images())
    assert torch.equal(before, torch.get_rng_state())
    assert y.shape == (4, 3, 16, 16)


def test_refusals() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'color'"):
        DSA(("colour",))
    with pytest.raises(UnknownNameError, match="did you mean 'single'"):
        DSA(mode="singel")
    with pytest.raises(RequestError, match="at least one of"):
        DSA(())
    with pytest.raises(RequestError, match="3 draws for 4 images"):
        DSA().apply(DSA().draw(3, Rng(0)), images())
    with pytest.raises(RequestError, match="got a graph"):
        DSA().apply(DSA().draw(3, Rng(0)), features_only(torch.zeros(3, 2)))


def test_it_mirrors_where_its_strategy_flips() -> None:
    assert DSA().mirrors
    assert not DSA(strategy=("crop", "rotate")).mirrors
