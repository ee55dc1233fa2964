"""What opening data of a kind can be told, declared by the kind and composed into the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Option:
    """An option, by literals alone: the command line reads it from the source text.

    Attributes:
        name: as people write it, "image_size".
        kind: "text", "whole", "share", "bytes", "names", "flag" (said or not), "switch" (--name, --no-name or
            neither), or what to choose from, between bars: "a|b".
        help: what it is.
        metavar: what its value is called.
        parameter: of the modality's `open`; its name when empty.
    """

    name: str
    kind: str
    help: str
    metavar: str = ""
    parameter: str = ""

    @property
    def flag(self) -> str:
        """As the command line writes it, "--image-size"."""
        return f"--{self.name.replace('_', '-')}"


def said(**options: Any) -> dict[str, Any]:
    """The options that are not None, as JSON-able arguments that open the same data again: paths as text."""
    return {
        name: str(value) if isinstance(value, Path) else value for name, value in options.items() if value is not None
    }
