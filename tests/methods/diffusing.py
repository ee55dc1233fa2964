"""A set of the handwritten digits from models that are hardly trained: what such a run reads and lists."""

from __future__ import annotations

from pathlib import Path

from condenset.artifact.reading import read
from condenset.core.budget import Size
from condenset.run.distill import distill

SHORT = {
    "start.prior.rounds": 1,
    "start.prior.steps": 2,
    "start.prior.autoencoder.rounds": 1,
    "start.prior.autoencoder.steps": 2,
    "start.steps": 2,
}


def models_in_the_card(method: str, folder: Path) -> list[str]:
    """The first words of the assets' names, of one digit of each class by the method, saved in `folder`."""
    distill("digits", method, size=Size(per_class=1), out=folder, changes=SHORT)
    return [asset.name.split(" ")[0] for asset in read(folder).card.assets]
