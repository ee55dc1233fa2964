"""What a set knows of itself: made by a run here, or read from a folder; how it is drawn and saved in either case."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from condenset.artifact.card import Card, inside
from condenset.artifact.saving import PREVIEW_FILE, draw, save, save_again
from condenset.core.asset import Asset
from condenset.synthetic import Provenance, SyntheticSet
from condenset.tasks.task import Task


def made_here(task: Task, recipe: Mapping[str, Any], assets: Sequence[Asset] = ()) -> Provenance:
    """Of a set that was made in this program; it holds on to the data, so that the set can be graded.

    Args: recipe, assets, as `save` takes them.
    """

    def saved(synthetic: SyntheticSet, folder: str | Path) -> Path:
        return save(synthetic, task, folder, recipe, assets)

    return Provenance(
        name=task.name,
        method=str(recipe.get("method", "")),
        kind=task.modality.name,
        target=task.target,
        groups=task.groups.names,
        preprocessing=task.preprocessing,
        constraints=task.constraints,
        draw=lambda synthetic, path: draw(synthetic, task, path),
        save=saved,
        task=task,
    )


def read_from(folder: Path, card: Card) -> Provenance:
    """Of a set that was read. Its picture is the one that was saved, since some are drawn beside the data."""

    def copied(synthetic: SyntheticSet, path: Path) -> None:
        shutil.copyfile(inside(folder, PREVIEW_FILE), path)

    def saved(synthetic: SyntheticSet, out: str | Path) -> Path:
        return save_again(synthetic, card, out, partial(copied, synthetic))

    return Provenance(
        name=card.task.name,
        method=str(card.recipe.get("method", "")),
        kind=card.task.modality,
        target=card.task.target,
        groups=card.task.groups,
        preprocessing=card.task.preprocessing,
        constraints=card.task.constraints,
        draw=copied,
        save=saved,
    )
