"""Grade the rivals of recorded results again: `python bench/grade_rivals.py [WORD...]`, files named by all words.

Rivals depend on data, budget, exam and learner alone, so results of one setting share theirs, and their sets are not
needed. Where an exam takes over learnt rates, rivals depend on the set, too: such results are left as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from condenset.distillation import distilled
from condenset.evaluation.baselines import RIVALS
from condenset.evaluation.exam import named_exam
from condenset.evaluation.rows import Row
from condenset.evaluation.score import evaluate_set
from condenset.report.results import Result, record, recorded
from condenset.run.reproduce import Reproduction
from condenset.tasks.catalogue import open_task

_INTO = Path(__file__).parent / "results"
_REPEATS = 5


def main(*words: str) -> None:
    """The settings that have a result without all four rivals, one after the other."""
    lacking = [one for one in recorded(_INTO) if not set(RIVALS) <= one.baselines.keys()]
    for results in _by_setting([one for one in lacking if all(word in one.file for word in words)]):
        if named_exam(results[0].exam).rate == "fixed":
            rivals = _rivals(results[0])
            record([_beside(one, rivals) for one in results], _INTO)
            sys.stdout.write(f"{results[0].file}: {[(row.name, row.mean) for row in rivals]}\n")


def _setting(one: Result) -> tuple[str, str, str, str, str]:
    return one.dataset, one.zca or "", one.budget, one.exam, one.network


def _by_setting(results: Sequence[Result]) -> Iterator[list[Result]]:
    for _, same in groupby(sorted(results, key=_setting), _setting):
        yield list(same)


def _beside(one: Result, rivals: Sequence[Row]) -> Result:
    """With other rivals; without raw scores of the set their statistics alone."""
    if not one.rows:
        told = {row.name: (row.mean, row.std) for row in rivals}
        return replace(one, random=told["random"][0], baselines=told)
    return one.beside([row for row in one.rows if row.name not in RIVALS] + list(rivals))


def _rivals(one: Result) -> list[Row]:
    task = open_task(one.dataset, **({"zca": one.zca} if one.zca else {}))
    size = Reproduction(one.method, one.dataset, one.budget, ()).size
    made = distilled(task, "random", size, {}, seed=0)
    exam, names = named_exam(one.exam), (one.network,)
    graded = evaluate_set(made, task, exam, networks=names, baselines=RIVALS, repeats=_REPEATS)
    return [row for row in graded.rows if row.name in RIVALS]


if __name__ == "__main__":
    main(*sys.argv[1:])
