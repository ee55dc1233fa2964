"""Labelled series that are known by name, of the UCR and UEA archives: in CONDENSET_DATA, or as aeon brings them."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from condenset.core.errors import DataError

NAMES = ("ArrowHead", "BasicMotions", "GunPoint", "ItalyPowerDemand", "JapaneseVowels", "OSULeaf")
_FOLDER = "ucr"


def folder_of(name: str) -> Path:
    """The folder with NAME_TRAIN.ts and NAME_TEST.ts. Raises `DataError` saying how to come by it."""
    root = os.environ.get("CONDENSET_DATA")
    own = Path(root or ".") / _FOLDER / name
    for folder in [own] if root and own.is_dir() else _in_aeon(name):
        if (folder / f"{name}_TRAIN.ts").is_file():
            return folder
    said = f"below CONDENSET_DATA={root}" if root else "below CONDENSET_DATA, which is not set"
    raise DataError(
        f"{name}: no {_FOLDER}/{name}/{name}_TRAIN.ts {said}, and aeon is not installed: pip install "
        f"'condenset[series]', or put {name}_TRAIN.ts and {name}_TEST.ts of https://www.timeseriesclassification.com "
        "there"
    )


def _in_aeon(name: str) -> list[Path]:
    """Where the package has its data; it is not imported, which takes seconds."""
    found = find_spec("aeon")
    places = [] if found is None else found.submodule_search_locations or []
    return [Path(place) / "datasets" / "data" / name for place in places]
