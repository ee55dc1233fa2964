"""A saved set as the start of a run: found again by what it holds, and noted among what the new set was made with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from condenset.artifact.reading import Artifact, read
from condenset.core.asset import Asset
from condenset.core.errors import RequestError
from condenset.recipe import Recipe
from condenset.run.config import Config, StartSet
from condenset.starts.warm_start import WarmStart
from condenset.synthetic import SyntheticSet


def start_set(artifact: Artifact, given: SyntheticSet | str | Path) -> StartSet:
    """What a configuration says of a set. Args: given, the set or its folder, which artifact was read from."""
    return StartSet("" if isinstance(given, SyntheticSet) else str(given), artifact.card.sha256)


def open_start(config: Config) -> Artifact | None:
    """The set that a run begins at, None for a run that begins at none.

    Raises `RequestError` where it is not there any more or another stands in its place, `ArtifactError` for a damaged
    one.
    """
    if config.start is None:
        return None
    if not config.start.set:
        raise RequestError("the run began at a set that only a program held: begin it again there")
    artifact = read(config.start.set)
    then, now = config.start.sha256, artifact.card.sha256
    if then != now:
        raise RequestError(
            f"{config.start.set} holds another set than the one that the run began at (SHA-256 {now:.12} now, "
            f"{then:.12} then): put that back, or begin another run"
        )
    return artifact


def begun_at(artifact: Artifact, recipe: Recipe, method: str) -> Recipe:
    """A method's recipe with a set in front of its start. Raises `RequestError` where the method learns nothing."""
    if recipe.objective is None and (recipe.steps or not recipe.finish):
        raise RequestError(
            f"{method!r} chooses items and takes no steps, so there is nothing that it could do with a set: choose a "
            "method that learns, such as dm"
        )
    return replace(recipe, start=WarmStart(artifact.synthetic, artifact.card.sha256, recipe.start))


def start_asset(artifact: Artifact) -> Asset:
    """The set as one of what another was made with."""
    card = artifact.card
    return Asset(
        name=f"start: {card.task.name} by {card.recipe.get('method', 'an unknown method')}",
        sha256=card.sha256,
        bytes=(artifact.path / card.data).stat().st_size,
        licence="as the data that it was made of",
        made_by=f"condenset {card.versions.get('condenset', '')}".strip(),
    )
