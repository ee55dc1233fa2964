"""Published numbers, which stand in a method's file and are read from its text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from condenset.core.registry import Registry


@dataclass(frozen=True)
class Reported:
    """A number that a paper prints.

    Attributes:
        dataset, budget, network, exam: the setting, budget as "10 per class".
        mean, std: accuracy as a fraction in [0, 1].
        where: table or page of the paper; "quoted": by later papers' tables.
        peeked: whether the paper chose its checkpoint on test data.
        zca: how its images were whitened, "relative" or "absolute"; None: not at all. The method says it once for a
            dataset, as `whitened`.
    """

    dataset: str
    budget: str
    network: str
    exam: str
    mean: float
    std: float | None
    where: str
    peeked: bool = False
    zca: str | None = None


def reported_by(method: str, methods: Registry) -> tuple[Reported, ...]:
    """The numbers of a method's paper, read without importing the method. Raises `UnknownNameError`."""
    declared = methods.declared(method)
    rows = [Reported(*row.get("", ()), **{k: v for k, v in row.items() if k}) for row in declared.get("reported", ())]
    return with_whitening(rows, declared.get("whitened", {}))


def with_whitening(rows: Iterable[Reported], whitened: Mapping[str, str]) -> tuple[Reported, ...]:
    """The numbers, each with the whitening of its dataset."""
    return tuple(replace(row, zca=whitened.get(row.dataset)) for row in rows)
