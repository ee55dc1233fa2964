"""What a run is made from: what was asked, and the whole recipe and the data that this came to.

Both stand in its folder, where a run that goes on, or counts as done, is held against them: a method may have been
edited since, the data may have changed.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

import tomli_w

from condenset.artifact.files import replace_file
from condenset.artifact.folder import CONFIG_FILE, RECIPE_FILE, RunFolder
from condenset.core.changes import settings
from condenset.core.errors import RequestError
from condenset.core.untrusted_file import read_regular
from condenset.recipe import Recipe
from condenset.run.config import Config
from condenset.tasks.task import Task

_NAMED = 3  # differences


def made_from(config: Config, task: Task, recipe: Recipe) -> dict[str, str]:
    """File name -> TOML: run.toml repeats the run; recipe.toml has every setting of the recipe under the dotted path
    that changes it, and the fingerprint of the data. Functions are named, what they do is not seen.
    """
    came_to = {"recipe": settings(recipe), "data": settings(task.fingerprint)}
    return {CONFIG_FILE: config.toml(), RECIPE_FILE: tomli_w.dumps(came_to)}


def digest(files: Mapping[str, str]) -> str:
    """SHA-256, in hexadecimal, of what a run is made from."""
    return hashlib.sha256(json.dumps(dict(files), sort_keys=True).encode()).hexdigest()


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write what a run is made from into its folder."""
    for name, text in files.items():
        replace_file(folder / name, text.encode())


def refuse_other(folder: Path, files: Mapping[str, str]) -> None:
    """Raises `RequestError` where the folder's run is made from anything else, naming what differs."""
    for path, text in ((folder / name, text) for name, text in files.items()):
        if path.exists() and (told := _difference(read_regular(path).decode(errors="replace"), text)):
            raise RequestError(
                f"{folder} holds a run of another configuration ({told}): choose another folder, or put that back"
            )


def holds_set(folder: Path, files: Mapping[str, str]) -> bool:
    """Whether the folder holds a finished set that is made from this. Raises `RequestError` for one of another."""
    if not RunFolder(folder).finished:
        return False
    if not all((folder / name).exists() for name in files):
        raise RequestError(f"{folder} holds a set and not what it was made from: choose another folder")
    refuse_other(folder, files)
    return True


def _difference(written: str, text: str) -> str:
    """What two TOML texts differ in, in words; empty where that is nothing but how they are written."""
    if written == text:
        return ""
    try:
        then, now = (settings(tomllib.loads(toml)) for toml in (written, text))
    except tomllib.TOMLDecodeError as error:
        return f"no TOML: {error}"
    differ = [name for name in sorted(then.keys() | now.keys()) if then.get(name) != now.get(name)]
    named = [f"{name} was {then.get(name, 'not there')}, is {now.get(name, 'not there')}" for name in differ[:_NAMED]]
    return "; ".join([*named, *([f"{len(differ) - _NAMED} more"] if len(differ) > _NAMED else [])])
