"""D4M: images begin at noised modes, and both models are in the card."""

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
    found = recipe_for("d4m", digits(), torch.full((10,), 2), {}).start
    assert isinstance(found, Diffused) and found.noise == 0.7 and found.pull == 0


def test_its_card_names_the_models_that_it_was_made_with(tmp_path: Path) -> None:
    distill("digits", "d4m", size=Size(per_class=1), out=tmp_path / "set", changes=SHORT)
    names = [asset.name for asset in read(tmp_path / "set").card.assets]
    assert [name.split(" ")[0] for name in names] == ["image", "diffusion"]
