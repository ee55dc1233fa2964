"""What opening data took them for: said to whoever gave them, since a wrong guess spoils all that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from textwrap import shorten
from typing import Any

NO_VALIDATION = "none: where settings are chosen, a fifth of the training examples is set apart"
_NAMED = 4  # columns of a type that a line names
_LONGEST = 200  # characters of a line


@dataclass(frozen=True)
class Recognised:
    """How data were read, in words.

    Attributes:
        target: what is predicted, and why it was taken to be that where nobody said so.
        inputs: what an example became.
        columns: name -> type of the columns, where there are any.
        dropped: name -> why it is no input.
        test, validation: which examples are held out.
        doubts: what deserves a second look.
    """

    target: str = ""
    inputs: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, str] = field(default_factory=dict)
    test: str = ""
    validation: str = NO_VALIDATION
    doubts: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self) | {"doubts": list(self.doubts)}

    def __str__(self) -> str:
        """A line for each, but the doubts, which are warnings."""
        kinds: dict[str, list[str]] = {}
        for name, kind in self.columns.items():
            kinds.setdefault(kind, []).append(name)
        columns = ", ".join(f"{len(names)} {kind} ({_some(names)})" for kind, names in kinds.items())
        dropped = "; ".join(f"{name}: {reason}" for name, reason in self.dropped.items())
        lines = {"target": self.target, "inputs": self.inputs, "columns": columns, "left out": dropped}
        lines |= {"test": self.test, "validation": self.validation}
        return "\n".join(
            f"  {name}: {shorten(text, _LONGEST, placeholder=' ...')}" for name, text in lines.items() if text
        )


def drawn(count: int, fraction: float, seed: int, items: str) -> str:
    """Examples that were drawn from the training data to test on, in words."""
    return f"{count} {items}, {fraction:.0%} of the data, drawn with seed {seed}"


def _some(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _NAMED else f"{', '.join(names[:_NAMED])}, ..."
