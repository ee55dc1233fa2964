"""MGD3: images begin at noise and modes pull at them for half of the steps, and both models are in the card."""

from __future__ import annotations

from pathlib import Path

import torch

from condenset.artifact.reading import read
from condenset.core.budget import Size
from condenset.recipe import recipe_for
from condenset.run.distill import distill
from condenset.starts.diffused import Diffused
from tests.examples import digits

SHORT = {
    "start.prior.rounds": 1,
    "start.prior.steps": 2,
    "start.prior.autoencoder.rounds": 1,
    "start.prior.autoencoder.steps": 2,
    "start.steps": 2,
}


def test_its_start_is_the_papers() -> None:
    found = recipe_for("mgd3", digits(), torch.full((10,), 2), {}).start
    assert isinstance(found, Diffused) and found.noise == 1 and found.pull > 0 and found.until == 0.5


def test_its_card_names_the_models_that_it_was_made_with(tmp_path: Path) -> None:
    distill("digits", "mgd3", size=Size(per_class=1), out=tmp_path / "set", changes=SHORT)
    names = [asset.name for asset in read(tmp_path / "set").card.assets]
    assert [name.split(" ")[0] for name in names] == ["image", "diffusion"]
