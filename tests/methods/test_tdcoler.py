"""TDColER: its card names the autoencoder that it was made with."""

from __future__ import annotations

from pathlib import Path

import pytest

import condenset
from condenset.artifact.reading import read
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.run.distill import distill
from condenset.tasks.catalogue import open_task

SHORT = {"start.autoencoder.rounds": 20, "start.autoencoder.alone": 10, "start.autoencoder.batch": 32}


def test_its_card_names_the_autoencoder(tmp_path: Path) -> None:
    distill("iris", "tdcoler", size=Size(per_class=2), out=tmp_path / "set", changes=SHORT)
    (asset,) = read(tmp_path / "set").card.assets
    assert asset.name.startswith("autoencoder ") and "rounds 20" in asset.name and "on validation rows" in asset.name


def test_what_has_no_columns_is_refused() -> None:
    with pytest.raises(RequestError, match="'tdcoler' needs columns"):
        condenset.distill(open_task("digits"), "tdcoler", size=Size(per_class=1))
