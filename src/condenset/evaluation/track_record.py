"""What recorded runs say of a recipe: on how many data sets it was ahead of its best rival, under the same exam."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from condenset.evaluation.exam import Exam

FILE = Path(__file__).with_suffix(".json")  # made with the pages, from the recorded runs


@dataclass(frozen=True)
class TrackRecord:
    """How a recipe fared elsewhere.

    Attributes:
        ahead: data sets on which it was ahead of the best rival by the whole 95 % interval.
        of: data sets on which it was graded.
    """

    ahead: int
    of: int

    def __str__(self) -> str:
        return f"{self.ahead} of {self.of}"

    @property
    def share(self) -> float:
        """Of the data sets, those on which it was ahead."""
        return self.ahead / self.of

    def record(self) -> dict[str, int]:
        """The JSON form."""
        return asdict(self)


def track_record(method: str, changes: Mapping[str, Any], exam: Exam, but: str) -> TrackRecord | None:
    """Of a recipe under an exam of this hash; None where it was recorded on no other data.

    Args: changes, of the recipe; but, the data that are to be judged, whose own record was made with their test part.
    """
    for one in _recorded():
        if (one["method"], one["changes"], one["exam_hash"]) == (method, dict(changes), exam.hash):
            worth = [ahead for name, ahead in one["ahead"].items() if name != but]
            return TrackRecord(sum(worth), len(worth)) if worth else None
    return None


@cache
def _recorded() -> list[dict[str, Any]]:
    recorded: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf8"))
    return recorded
