from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from PIL import Image

from condenset.core.registries import MODALITIES
from condenset.tasks.pictures.preprocessing import levels, measure, to_inputs, to_unit
from tests.tasks.pictures.pictures import noise

IMAGES = np.stack([noise(6, 8, 3, seed=i) for i in range(5)])


def test_training_statistics_are_measured_per_channel() -> None:
    record = measure(IMAGES)
    unit = IMAGES / 255
    assert np.allclose(record["mean"], unit.mean(axis=(0, 1, 2)), atol=1e-6)
    assert np.allclose(record["std"], unit.std(axis=(0, 1, 2)), atol=1e-6)
    assert (record["kind"], record["size"]) == ("image", [6, 8])
    assert json.loads(json.dumps(record)) == record
    inputs = to_inputs(IMAGES, record)
    expected = (unit - unit.mean(axis=(0, 1, 2))) / unit.std(axis=(0, 1, 2))
    assert np.allclose(inputs.numpy(), expected.transpose(0, 3, 1, 2), atol=1e-5)
    assert inputs.is_contiguous()


def test_constants_win_over_measurements() -> None:
    record = measure(IMAGES, constants=((0.5, 0.4, 0.3), (0.2, 0.2, 0.1)))
    assert (record["mean"], record["std"]) == ([0.5, 0.4, 0.3], [0.2, 0.2, 0.1])
    assert to_inputs(IMAGES, record)[1, 2, 3, 4].item() == pytest.approx((IMAGES[1, 3, 4, 2] / 255 - 0.3) / 0.1, 1e-5)


def test_a_constant_channel_is_only_centred() -> None:
    images = IMAGES.copy()
    images[..., 1] = 77
    record = measure(images)
    assert record["std"][1] == 1.0
    assert to_inputs(images, record)[:, 1].abs().max() < 1e-6


def test_pixels_survive_the_round_trip_and_clip() -> None:
    record = measure(IMAGES)
    assert np.array_equal(levels(to_unit(to_inputs(IMAGES, record), record)), IMAGES)
    extreme = levels(to_unit(torch.tensor([-1e6, 1e6]).reshape(2, 1, 1, 1).expand(2, 3, 4, 4), record))
    assert extreme.min(axis=(1, 2, 3)).tolist() == [0, 255]
    assert extreme.max(axis=(1, 2, 3)).tolist() == [0, 255]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (IMAGES, [0, 255]),
        (IMAGES / 510, [0, 1]),
        (IMAGES[..., :1] > 100, [0, 1]),
        (np.array([0.0, 16.0] * 8).reshape(1, 4, 4, 1), [0, 16]),
        (np.array([-1.0, 1.0] * 8).reshape(1, 4, 4, 1), [-1, 1]),
        (np.array([0, 65535] * 8, np.uint16).reshape(1, 4, 4, 1), [0, 65535]),
        (np.full((1, 4, 4, 1), 7.0), [7, 8]),
    ],
)
def test_the_range_of_values(values: np.ndarray, expected: list[float]) -> None:
    record = measure(values)
    assert record["range"] == expected
    back = levels(to_unit(to_inputs(values, record), record)) / 255
    low, high = expected
    assert np.allclose(back, (values.astype(float) - low) / (high - low), atol=0.5 / 255 + 1e-6)


def test_another_size_covers_and_cuts_as_pillow_does() -> None:
    smooth = np.asarray(Image.fromarray(noise(6, 9, 3)).resize((60, 40), Image.Resampling.BICUBIC))
    record = measure(smooth[None], size=20)
    assert record["size"] == [20, 20]
    found = levels(to_unit(to_inputs(smooth[None], record), record))[0].astype(int)
    expected = np.asarray(Image.fromarray(smooth).resize((30, 20), Image.Resampling.BILINEAR))[:, 5:25].astype(int)
    assert np.abs(found - expected).max() <= 1


def test_inputs_do_not_share_memory_with_images() -> None:
    images = IMAGES.astype(np.float32)
    before = images.copy()
    images.flags.writeable = False
    to_inputs(images, measure(images))
    assert np.array_equal(images, before)


def test_vectors_are_flattened_images() -> None:
    inputs = torch.arange(24.0).reshape(2, 3, 2, 2)
    assert torch.equal(MODALITIES.get("image").represent(inputs), torch.arange(24.0).reshape(2, 12))
