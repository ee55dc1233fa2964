"""DQ: the teacher that sees what bins are made of is in the card."""

from __future__ import annotations

from pathlib import Path

from condenset.artifact.reading import read
from condenset.core.budget import Size
from condenset.run.distill import distill

CHANGES = {"start.network": "convnet:width=8,depth=2,norm=batch", "start.source.squeeze.epochs": 1}


def test_its_card_names_the_network_that_its_bins_are_made_with(tmp_path: Path) -> None:
    distill("digits", "dq", size=Size(per_class=2), out=tmp_path / "set", changes=CHANGES)
    (asset,) = read(tmp_path / "set").card.assets
    assert "teacher" in asset.name
