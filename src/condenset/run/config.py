"""The configuration of a run: what was asked, as a dataclass and as TOML; the same file repeats the run."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import cattrs
import tomli_w

from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.core.execution import Precision


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
    """

    data: str
    method: str
    size: Size
    seed: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    precision: Precision = "auto"

    def record(self) -> dict[str, Any]:
        """The JSON and TOML form; what is not given is left out."""
        record = asdict(self)
        record["size"] = {name: value for name, value in record["size"].items() if value is not None}
        return record

    def toml(self) -> str:
        """The text of run.toml."""
        return tomli_w.dumps(self.record())


def read_config(path: str | Path) -> Config:
    """The configuration in a TOML file. Raises `RequestError` for what does not read, naming the field."""
    path = Path(path)
    try:
        record = tomllib.loads(path.read_text(encoding="utf8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RequestError(f"cannot read the configuration {path}: {error}") from error
    try:
        return _CONVERTER.structure(record, Config)
    except (cattrs.BaseValidationError, TypeError) as error:
        faults = "; ".join(cattrs.transform_error(error, path="run"))
        raise RequestError(f"{path} does not say a run: {faults}") from error


def _exactly(kinds: tuple[type, ...]) -> Callable[[Any, Any], Any]:
    """TOML has types of its own: nothing is converted silently but whole numbers to numbers."""

    def structure(value: Any, _: Any) -> Any:
        if type(value) not in kinds:
            raise TypeError(f"{value!r:.60} is no {kinds[0].__name__}")
        return kinds[0](value)

    return structure


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    for kinds in ((str,), (int,), (float, int)):
        converter.register_structure_hook(kinds[0], _exactly(kinds))
    return converter


_CONVERTER = _converter()
