"""What holds between the columns of a table: one follows from another, two values never meet.

A dependency or an exclusion is a plain record, so that a saved set decodes to rows that keep it without its dataset.
Values are told by their places: of a category the number of its level, the last one for a gap; of a number itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from condenset.core.errors import ArtifactError
from condenset.tasks.columns.column import Category, Column

Value = int | float  # the place of a level, or a number


@dataclass(frozen=True)
class Dependency:
    """In all training rows one column follows from another.

    Attributes:
        column: which follows.
        by: from which: a category, or a column of whole numbers without gaps.
        keys: the values of `by` that occur, ascending.
        values: the value of `column` beside each; None for a gap in a column of numbers.
    """

    column: str
    by: str
    keys: tuple[Value, ...]
    values: tuple[Value | None, ...]


@dataclass(frozen=True)
class Exclusion:
    """Values of two categories that are frequent and never meet.

    Attributes:
        first, second: the categories.
        pairs: places in each.
    """

    first: str
    second: str
    pairs: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Rules:
    """All that is known to hold.

    Attributes:
        dependencies: what a column follows from stands before it, and follows from nothing or stands there, too.
        exclusions: of categories that follow from no category.
    """

    dependencies: tuple[Dependency, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()

    def record(self) -> dict[str, Any]:
        """The JSON form; empty where nothing is known."""
        if not self.dependencies and not self.exclusions:
            return {}
        follow = [{**vars(one), "keys": list(one.keys), "values": list(one.values)} for one in self.dependencies]
        apart = [{**vars(one), "pairs": list(map(list, one.pairs))} for one in self.exclusions]
        return {"dependencies": follow, "exclusions": apart}

    def __str__(self) -> str:
        """In words; empty where nothing is known."""
        follows = [f"{dependency.column} follows from {dependency.by}" for dependency in self.dependencies]
        count = sum(len(exclusion.pairs) for exclusion in self.exclusions)
        return "; ".join([*follows, *([f"{count} pairs of values never meet"] if count else [])])


def rules_from(record: Mapping[str, Any], columns: Sequence[Column]) -> Rules:
    """The rules of `Rules.record`. Raises `ArtifactError` where they are not rules of these columns."""
    known = {column.name: column for column in columns}
    try:
        rules = Rules(
            tuple(_dependency(part, known) for part in record.get("dependencies", ())),
            tuple(_exclusion(part, known) for part in record.get("exclusions", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArtifactError(f"the record of rules cannot be read: {error!r:.200}") from error
    return rules


def _dependency(record: Mapping[str, Any], known: Mapping[str, Column]) -> Dependency:
    keys, values = tuple(record["keys"]), tuple(record["values"])
    if len(keys) != len(values) or not keys:
        raise ValueError(f"{len(keys)} keys for {len(values)} values")
    column, by = known[record["column"]], known[record["by"]]
    _check_places(by, keys)
    _check_places(column, values)
    return Dependency(column.name, by.name, keys, values)


def _exclusion(record: Mapping[str, Any], known: Mapping[str, Column]) -> Exclusion:
    pairs = tuple((one, other) for one, other in record["pairs"])
    first, second = known[record["first"]], known[record["second"]]
    if not (isinstance(first, Category) and isinstance(second, Category)):
        raise ValueError(f"{first.name} and {second.name} are not both categories")
    _check_places(first, [one for one, _ in pairs])
    _check_places(second, [other for _, other in pairs])
    return Exclusion(first.name, second.name, pairs)


def _check_places(column: Column, places: Sequence[Any]) -> None:
    for place in places:
        if isinstance(column, Category):
            fits = type(place) is int and 0 <= place < column.width
        else:
            fits = place is None or (type(place) in (int, float) and column.scale.low <= place <= column.scale.high)
        if not fits:
            raise ValueError(f"{place!r:.40} is no value of {column.name}")
