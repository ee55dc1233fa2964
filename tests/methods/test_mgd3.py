"""MGD3: images begin at noise and modes pull at them for half of the steps, and both models are in the card."""

from __future__ import annotations

from pathlib import Path

import torch

from condenset.recipe import recipe_for
from condenset.starts.diffused import Diffused
from tests.examples import digits
from tests.methods.diffusing import models_in_the_card


def test_its_start_is_the_papers() -> None:
    found = recipe_for("mgd3", digits(), torch.full((10,), 2), {}).start
    assert isinstance(found, Diffused) and found.noise == 1 and found.pull > 0 and found.until == 0.5


def test_its_card_names_the_models_that_it_was_made_with(tmp_path: Path) -> None:
    assert models_in_the_card("mgd3", tmp_path / "set") == ["image", "diffusion"]
