"""What kinds of data declare: what they offer to methods and what their examples are called, from the source text."""

from __future__ import annotations

from collections.abc import Iterable

from condenset.core.registry import Registry

_MODALITIES = Registry("tasks", "MODALITY", "modality")


def items_of(modality: str) -> str:
    """What the examples of a kind of data are called; "examples" for one that is not known here."""
    known = modality in _MODALITIES.names()
    return str(_MODALITIES.declared(modality).get("items", "examples")) if known else "examples"


def kinds_offering(needs: Iterable[str]) -> list[str]:
    """The kinds of data whose tasks, or some of them, offer all of this."""
    wanted = set(needs)
    return [name for name in _MODALITIES.names() if wanted <= set(_MODALITIES.declared(name).get("offers", ()))]
