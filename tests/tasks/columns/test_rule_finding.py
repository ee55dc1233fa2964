"""What is found to hold between columns, and what is left to chance."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from condenset.tasks.catalogue import open_task
from condenset.tasks.columns import rule_finding
from condenset.tasks.columns.inference import infer_columns
from condenset.tasks.columns.rule_finding import find_rules
from condenset.tasks.columns.rules import Rules
from tests.tasks.columns import dependent


def found(frame: pd.DataFrame) -> Rules:
    return find_rules(frame, infer_columns(frame).columns)


def follows(rules: Rules) -> dict[str, str]:
    return {dependency.column: dependency.by for dependency in rules.dependencies}


def test_what_follows_and_what_never_meets_is_found() -> None:
    frame, _ = dependent.table()
    rules = found(frame)
    expected = {"years": "school", "town": "school", "postage": "school", "code": "school", "stage": "age"}
    assert follows(rules) == expected
    (years,) = (dependency for dependency in rules.dependencies if dependency.column == "years")
    known = frame.drop_duplicates("school").sort_values("school")
    assert years.values == tuple(map(float, known["years"]))
    (apart,) = rules.exclusions
    assert (apart.first, apart.second) == ("sex", "role")
    assert apart.pairs == ((0, 1), (1, 2))  # a female husband, a male wife
    said = str(rules)
    assert "town follows from school" in said and said.endswith("2 pairs of values never meet")


def test_what_never_meets_what_follows_is_said_of_what_decides() -> None:
    """No school is of the towns where no boat lands; towns follow from schools, so of schools it is said."""
    random = np.random.default_rng(0)
    school = random.integers(0, 12, 900)
    ways = np.where(school % 4 < 2, random.choice(["boat", "train"], 900), "train")
    frame = pd.DataFrame({"town": np.array(dependent.TOWNS)[school % 4], "way": ways})
    frame["school"] = np.array(dependent.SCHOOLS)[school]
    (apart,) = found(frame).exclusions
    assert (apart.first, apart.second) == ("way", "school")
    inland = {sorted(dependent.SCHOOLS).index(name) for number, name in enumerate(dependent.SCHOOLS) if number % 4 >= 2}
    assert {school for _, school in apart.pairs} == inland and {way for way, _ in apart.pairs} == {0}


def test_a_single_row_that_contradicts_undoes_a_rule() -> None:
    frame, _ = dependent.table()
    frame.loc[17, "town"] = dependent.TOWNS[dependent.TOWNS.index(frame.loc[17, "town"]) - 1]
    frame.loc[18, ["sex", "role"]] = ["male", "wife"]
    rules = found(frame)
    assert "town" not in follows(rules) and "years" in follows(rules)
    assert rules.exclusions[0].pairs == ((0, 1),)


@pytest.mark.parametrize("seed", range(3))
def test_chance_is_no_rule(seed: int) -> None:
    """Independent columns, numbers that are different in every row, and one that is nearly constant."""
    random = np.random.default_rng(seed)
    rows = 400
    frame = pd.DataFrame(
        {
            **{f"c{number}": random.choice(list("abcdefgh"), rows) for number in range(6)},
            "who": random.permutation(rows),
            "measure": random.normal(size=rows),
            "rare": (np.arange(rows) == 7).astype(int),
            "pairs": np.arange(rows) // 2,
        }
    )
    assert found(frame) == Rules()


def test_measures_decide_nothing() -> None:
    """Of a number that may lie between two of its values nothing is said to follow."""
    values = np.random.default_rng(0).integers(0, 9, 300)
    assert follows(found(pd.DataFrame({"half": values / 2, "whole": values // 3}))) == {}


def test_what_was_found_in_a_part_is_checked_on_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_finding, "_MOST_ROWS", 200)
    frame, _ = dependent.table()
    whole = found(frame)
    assert follows(whole) == {
        "years": "school",
        "town": "school",
        "postage": "school",
        "code": "school",
        "stage": "age",
    }
    frame.loc[1, "years"] = 99  # a row that the part does not hold
    assert "years" not in follows(found(frame))


def test_rules_are_of_training_rows_and_are_told() -> None:
    frame, target = dependent.table()
    task = open_task((frame, target))
    assert "  inputs: years follows from school; " in str(task.recognised)
    assert len(task.constraints["dependencies"]) == 5
    assert open_task("iris").constraints == {}


def test_a_wide_table_is_not_searched() -> None:
    values = np.random.default_rng(0).integers(0, 5, 300)
    frame = pd.DataFrame({f"c{number}": values for number in range(100)})
    assert len(found(frame).dependencies) == 99
    assert found(frame.assign(more=values)) == Rules()


def test_a_large_table_takes_seconds() -> None:
    random = np.random.default_rng(0)
    rows = 20_000
    frame = pd.DataFrame(
        {f"c{number}": random.integers(0, 20, rows) for number in range(25)}
        | {f"t{number}": random.choice(list("abcdefghijkl"), rows) for number in range(25)}
    )
    columns = infer_columns(frame).columns
    began = time.perf_counter()
    assert find_rules(frame, columns) == Rules()
    assert time.perf_counter() - began < 5
