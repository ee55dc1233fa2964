"""Minimax: the diffusion model is to draw what is like all images and unlike each other; the card names it."""

from __future__ import annotations

from pathlib import Path

import torch

from condenset.recipe import recipe_for
from condenset.starts.diffused import Diffused
from tests.examples import digits
from tests.methods.diffusing import models_in_the_card


def test_its_start_is_the_papers() -> None:
    found = recipe_for("minimax", digits(), torch.full((10,), 2), {}).start
    assert isinstance(found, Diffused) and (found.prior.near, found.prior.far) == (0.002, 0.008) and found.pull == 0


def test_its_card_names_the_models_that_it_was_made_with(tmp_path: Path) -> None:
    assert models_in_the_card("minimax", tmp_path / "set") == ["image", "diffusion"]
