"""The configuration of a run: what was asked, as a dataclass and as TOML; the same file repeats the run."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from condenset.core.budget import Size
from condenset.core.errors import DataError, RequestError
from condenset.core.execution import Precision
from condenset.core.structured import structured
from condenset.core.untrusted_file import read_regular


@dataclass(frozen=True)
class StartSet:
    """The saved set that a run begins at.

    Attributes:
        set: its folder; empty where it was an object of a program.
        sha256: of its tensors, as its card says it.
    """

    set: str
    sha256: str


@dataclass(frozen=True)
class Config:
    """One run.

    Attributes:
        data: a dataset's name or a path.
        method: a method's name.
        size: the budget.
        seed: of every random stream.
        options: how the data are opened (target, test_fraction, ...).
        changes: dotted changes to the recipe ("objective.per_group": 128).
        precision: of compiled networks, see `Execution`.
        start: the set that it begins at, in front of the recipe's own start; None: at that alone.
        recommended: whether nobody named the method, and the data chose it.
    """

    data: str
    method: str
    size: Size
    seed: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    precision: Precision = "auto"
    start: StartSet | None = None
    recommended: bool = False

    def record(self) -> dict[str, Any]:
        """The JSON and TOML form; what is not given is left out, and a setting changed to None is "none"."""
        record = asdict(self)
        record["changes"] = {path: "none" if value is None else value for path, value in self.changes.items()}
        record["size"] = {name: value for name, value in record["size"].items() if value is not None}
        return {name: value for name, value in record.items() if value is not None and value is not False}

    def toml(self) -> str:
        """The text of run.toml."""
        return tomli_w.dumps(self.record())


def read_config(path: str | Path) -> Config:
    """The configuration in a TOML file. Raises `RequestError` for what does not read, naming the field."""
    path = Path(path)
    try:
        record = tomllib.loads(read_regular(path).decode())
    except (OSError, DataError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RequestError(f"cannot read the configuration {path}: {error}") from error
    try:
        return structured(record, Config, "run")
    except RequestError as error:
        raise RequestError(f"{path} does not say a run: {error}") from error
