"""The record of what holds between columns: read back as it was, and refused where it is of other columns."""

from __future__ import annotations

import json
from typing import Any

import pytest

from condenset.core.errors import ArtifactError
from condenset.tasks.columns.column import from_fields
from condenset.tasks.columns.rules import Rules, rules_from
from tests.tasks.columns import dependent

TASK = dependent.task()
COLUMNS = from_fields(TASK.preprocessing["columns"])


def test_a_record_reads_back() -> None:
    record = json.loads(json.dumps(TASK.constraints))
    rules = rules_from(record, COLUMNS)
    assert rules.record() == TASK.constraints and len(rules.dependencies) == 5
    assert None in next(part.values for part in rules.dependencies if part.column == "code")
    assert Rules().record() == {} and rules_from({}, COLUMNS) == Rules() and str(Rules()) == ""


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("dependencies", {"column": "nowhere"}),
        ("dependencies", {"by": "nowhere"}),
        ("dependencies", {"keys": [0, 1]}),
        ("dependencies", {"keys": []}),
        ("dependencies", {"values": ["a"] * 12}),
        ("dependencies", {"values": [1e9] * 12}),
        ("dependencies", {"keys": [*range(11), 99]}),
        ("exclusions", {"first": "age"}),
        ("exclusions", {"pairs": [[0, 77]]}),
        ("exclusions", {"pairs": [[0]]}),
        ("exclusions", {"pairs": 3}),
    ],
)
def test_a_record_of_other_columns_is_refused(part: str, change: dict[str, Any]) -> None:
    record = json.loads(json.dumps(TASK.constraints))
    record[part][0] |= change
    with pytest.raises(ArtifactError, match="the record of rules cannot be read"):
        rules_from(record, COLUMNS)
