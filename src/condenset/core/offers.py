"""What kinds of data declare: what they offer to methods and what their examples are called, from the source text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from condenset.core.registries import MODALITIES


def items_of(modality: str) -> str:
    """What the examples of a kind of data are called; "examples" for one that is not known here."""
    return str(_declared(modality).get("items", "examples"))


def item_words() -> set[str]:
    """What examples are called, of all kinds of data: "nodes", "rows"."""
    return {items_of(name) for name in MODALITIES.names()}


def exam_of(modality: str) -> str:
    """The exam of a kind of data; "" for one that is not known here."""
    return str(_declared(modality).get("exam", ""))


def readable(modality: str, codec: str) -> bool:
    """Whether sets of a codec are rows that people read; not of a kind of data that is not known here."""
    return codec in _declared(modality).get("readable", ())


def exams_of_data() -> set[str]:
    """The exams of all kinds of data, which no paper has chosen."""
    return {exam_of(name) for name in MODALITIES.names()}


def kinds_offering(needs: Iterable[str]) -> list[str]:
    """The kinds of data whose tasks, or some of them, offer all of this."""
    wanted = set(needs)
    return [name for name in MODALITIES.names() if wanted <= set(MODALITIES.declared(name).get("offers", ()))]


def _declared(modality: str) -> dict[str, Any]:
    return MODALITIES.declared(modality) if modality in MODALITIES.names() else {}
