"""The data that a saved set was made of: opened again from what its card says, or from what its user has at hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from condenset.artifact.reading import Artifact
from condenset.core.errors import ArtifactError, RequestError
from condenset.synthetic import SyntheticSet
from condenset.tasks.catalogue import open_task
from condenset.tasks.task import Task


def own_task(given: SyntheticSet | str | Path, artifact: Artifact, data: Any, options: Mapping[str, Any]) -> Task:
    """The task that a set was made from, in data that its user has at hand, those that the set holds on to, or else
    what its card says.

    Args: given, the set or its folder, which artifact was read from; data, an object, a name or a path, or None;
    options, how an object is opened, as it was by the run that made the set when empty.
    Raises `RequestError` where the set was made of other data, or of these prepared otherwise, and where they cannot
    be opened.
    """
    if options and data is None:
        raise RequestError(f"{', '.join(options)} says how data are opened, and none are given: leave it out")
    known = given.provenance if isinstance(given, SyntheticSet) else None
    if data is None and known is not None and known.task is not None:
        task = known.task
    elif data is None or (artifact.card.task.source and isinstance(data, str | Path)):
        task = open_artifact_task(artifact, None if data is None else str(data))
    else:
        opening = options or artifact.card.recipe.get("options", {})
        task = data if isinstance(data, Task) else open_task(data, **opening)
        require_same_data(artifact, task, "these data", "give the same data, opened the same way")
    require_same_inputs(artifact, task)
    return task


def open_artifact_task(artifact: Artifact, data: str | None = None) -> Task:
    """The task that a saved set was made from.

    Args: data, where the data lie now, in place of what the card says.
    Raises `RequestError` when the data cannot be opened, or are not those that the set was made from.
    """
    source: dict[str, Any] = dict(artifact.card.task.source)
    if not source:
        raise RequestError("the set was made from arrays in memory: pass the same task, or the arrays as data")
    place = source.pop("source", None)
    if not isinstance(place, str):
        raise ArtifactError(f"the card of {artifact.path} says no place of the data, {place!r:.60}: it is altered")
    try:
        task = open_task(data or place, **source)
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:  # of what no option takes
        raise ArtifactError(
            f"the card of {artifact.path} does not say how its data are opened ({type(error).__name__}: {error}): it "
            "is altered, fetch it again"
        ) from error
    except RequestError as error:
        if data is not None:
            raise
        raise RequestError(
            f"the data that the set was made of cannot be opened ({error}): give --data, where they are now"
        ) from error
    require_same_data(artifact, task, f"the data {data or place!r}", "give the same data")
    return task


def require_same_data(artifact: Artifact, task: Task, called: str, advice: str) -> None:
    """Raises `RequestError` where a set was not made from a task's training data. Args: called, advice, in words."""
    then, now = artifact.card.task.fingerprint.sha256, str(task.fingerprint.get("sha256"))
    if then != now:
        raise RequestError(
            f"{called} are not those the set was made from (SHA-256 {now:.12} now, {then:.12} then): {advice}, or "
            "distil these"
        )


def require_same_inputs(artifact: Artifact, task: Task) -> None:
    """Raises `RequestError` where the task's inputs are not those that the set consists of."""
    then, now = artifact.card.task.preprocessing, task.preprocessing
    changed = sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
    if changed:
        told = "; ".join(f"{name} was {then.get(name)} and is {now.get(name)}" for name in changed)
        advice = "open the data with zca" if "zca" in then and "zca" not in now else "open the data as they were then"
        raise RequestError(f"the set lives among other inputs than the data are opened as ({told}): {advice}")
