"""What a set was made with, by its content: experts, teachers, priors, encoders."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Asset:
    """Something that was made or fetched once, and that a set was made with; its bytes count apart from the set's.

    Attributes:
        name: what it is, "expert 3f2a90c1/0000".
        sha256: of its numbers: those of a safetensors file without the header, whose order is not fixed;
            of a saved set what its card says.
        bytes: of its file.
        licence: under which it may be used.
        made_by: who made it.
    """

    name: str
    sha256: str
    bytes: int
    licence: str
    made_by: str
