"""Going on with a saved set: more steps of its own recipe on its own data, a larger budget, or both."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from condenset.artifact.reading import Artifact, read_given
from condenset.core.budget import Size, as_size
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.core.structured import structured
from condenset.run.config import Config
from condenset.run.distill import Conditions, run
from condenset.run.own_data import own_task
from condenset.run.start_set import start_set
from condenset.synthetic import SyntheticSet

_SEEDS = 2**31  # short enough to be read and typed


def extend(
    given: SyntheticSet | str | Path,
    *,
    steps: int | None = None,
    size: Size | None = None,
    data: Any = None,
    out: str | Path | None = None,
    device: torch.device | str = "cpu",
    **options: Any,
) -> SyntheticSet:
    """Go on with a set by its own recipe on its own data; returns the new set, and leaves the given one as it is.

    Args:
        given: a set that `distill` or `load` returned, or the folder of a saved one.
        steps: so many further ones; as many as its recipe says when None.
        size: the budget, with room for the items that are there; they come first, further ones from the recipe's start.
        data: what the set was made of, where that can be opened no more as its card says: an object that `open_task`
            takes, or where the files lie now.
        out: a new folder to save into.
        device: where it is made.
        options: how an object is opened; as it was for `distill` when left out.

    Raises `RequestError` kinds for what was asked wrongly, among it other data than the set was made of,
    `DivergenceError` when the run diverges twice. Example: `condenset.extend("my-set", size=Size(per_class=20))`.
    """
    with read_given(given) as artifact:
        place = str(data) if isinstance(data, str | Path) else None
        config = extension(artifact, given, steps, None if size is None else as_size(size), place)
        task = own_task(given, artifact, data, options)
        return run(config, task=task, start=artifact, out=out, conditions=Conditions(device=device)).synthetic


def extension(
    artifact: Artifact, given: SyntheticSet | str | Path, steps: int | None, size: Size | None, data: str | None = None
) -> Config:
    """The run that goes on with a set: that which made it, with the set as its start, under a seed of its own.

    Further steps under the seed of the first ones would meet the same networks and examples again.

    Args: given, the set or its folder; data, where the data lie now, in place of what the card says. Raises
    `RequestError` where neither steps nor size are given, and for a set that does not say what run made it.
    """
    if steps is None and size is None:
        raise RequestError("nothing was said of how far to go on: give --steps, or a budget such as --per-class")
    if steps is not None and steps < 1:
        raise RequestError(f"{steps} further steps are none: give 1 or more")
    made = _made_by(artifact)
    start = start_set(artifact, given)
    return replace(
        made,
        data=data or made.data,
        size=size or made.size,
        seed=Rng(made.seed).child("extended", start.sha256).integer() % _SEEDS,
        changes=made.changes if steps is None else {**made.changes, "steps": steps},
        start=start,
    )


def _made_by(artifact: Artifact) -> Config:
    """The run that made a set, from its card."""
    record = {name: value for name, value in artifact.card.recipe.items() if name != "steps"}
    try:
        return structured(record, Config, "recipe")
    except RequestError as error:
        raise RequestError(
            f"the card of {artifact.path} does not say what run made the set ({error}): begin one of your own at it, "
            f"condenset distill DATA --start {artifact.path}"
        ) from error
