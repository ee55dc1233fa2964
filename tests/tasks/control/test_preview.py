"""The picture of pairs over the states of the log."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from condenset.core.rng import Rng
from condenset.tasks.control.preview import panels, preview, raw
from tests.tasks.control.example import log, task


@pytest.mark.parametrize(
    ("features", "expected"),
    [(1, [(0, 0)]), (2, [(0, 1)]), (3, [(0, 1), (1, 2)]), (4, [(0, 1), (2, 3)]), (9, [(0, 1), (2, 3), (4, 5)])],
)
def test_a_panel_shows_two_neighbouring_features(features: int, expected: list) -> None:
    assert panels(features) == expected


def test_states_are_shown_in_the_units_of_the_environment() -> None:
    opened = task()
    np.testing.assert_allclose(raw(opened, opened.train.batch.inputs), log().observations[:96], atol=1e-5)
    assert opened.modality.represent(opened.train.batch.inputs) is opened.train.batch.inputs


def test_both_actions_are_drawn_in_their_colours(tmp_path: Path) -> None:
    opened = task()
    preview(opened, opened.train.sample(1, Rng(0)), tmp_path / "pairs.png")
    with Image.open(tmp_path / "pairs.png") as image:
        pixels = torch.from_numpy(np.array(image.convert("RGB"))).reshape(-1, 3).int()
    for colour in ([0x1F, 0x6F, 0xB4], [0xD9, 0x5F, 0x0E]):
        assert (pixels == torch.tensor(colour)).all(1).sum() > 50
