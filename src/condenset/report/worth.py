"""What sets are worth under the exams of their data: the mean over all learners beside the best rival, ahead or not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from condenset.core.metric import gap_text, metric_text, score_text
from condenset.core.offers import exams_of_data
from condenset.evaluation.verdict import NO_RIVALS, Verdict, verdict_on
from condenset.report.results import Result
from condenset.report.tables import markdown_table
from condenset.report.wording import average

_SETTING = ("data", "budget", "recipe", "learners", "sets", "metric")
_NUMBERS = ("learners", "sets", "ours", "best rival", "ahead by", "of full")
_HEADS = (*_SETTING, *_NUMBERS[2:], "worth it")


@dataclass(frozen=True)
class Worth:
    """A recipe on some data, under their exam.

    Attributes:
        graded: a result for each learner.
        verdict: over all of them.
    """

    graded: tuple[Result, ...]
    verdict: Verdict

    @property
    def first(self) -> Result:
        """One that says what all of them have in common."""
        return self.graded[0]

    @property
    def line(self) -> list[str]:
        """The cells of the result's row in the table."""
        first, verdict = self.first, self.verdict
        share = "" if verdict.share_of_full is None else f"{100 * verdict.share_of_full:.0f}"
        sets = str(first.rows[0].sets)
        return [
            *(first.dataset, first.budget, first.recipe, str(len(self.graded)), sets, metric_text(first.scale)),
            *(self.score("distilled"), f"{verdict.rival} {self.score(verdict.rival)}", self.ahead, share),
            {True: "yes", False: "no", None: "not known"}[verdict.worth_it],
        ]

    @property
    def ahead(self) -> str:
        """The gap to the best rival, with its interval."""
        low, high = (gap_text(end, self.first.scale) for end in self.verdict.ci95)
        return f"{gap_text(self.verdict.gap, self.first.scale, sign=True)} ({low} to {high})"

    @property
    def rivals(self) -> list[str]:
        """What stands beside it and is as small, as far as all learners graded it."""
        beside = [{row.name for row in result.rows if row.network == result.network} for result in self.graded]
        return sorted(set.intersection(*beside) - set(NO_RIVALS))

    def mean(self, name: str) -> float:
        """Of the set, "distilled", or of what stands beside it, over the learners."""
        return average([row for result in self.graded for row in result.rows if row.name == name])

    def score(self, name: str) -> str:
        """The mean score of a row as text, in the metric's scale and without its unit."""
        return score_text(self.mean(name), self.first.scale, unit=False)


def worth_of(results: Sequence[Result]) -> Iterator[Worth]:
    """Every recipe that was graded under the exam of its data."""
    exams = exams_of_data()

    def setting(result: Result) -> tuple[str, str, str, str]:
        return result.dataset, result.budget, result.recipe, result.exam

    kept = [result for result in results if result.exam in exams]
    for _, group in groupby(sorted(kept, key=setting), setting):
        graded = tuple(group)
        verdict = verdict_on([row for result in graded for row in result.rows], graded[0].scale)
        if verdict is not None:
            yield Worth(graded, verdict)


def worth_table(results: Sequence[Result]) -> str:
    """A line for every recipe that was graded under the exam of its data, as Markdown; empty where there is none.

    Of budgets in bytes, `tables_by_bytes` tells."""
    lines = [worth.line for worth in worth_of([result for result in results if not result.bytes_asked])]
    return markdown_table(_HEADS, lines, _NUMBERS) if lines else ""


def track_records(results: Sequence[Result]) -> str:
    """What `evaluation.track_record` reads, as JSON: every recipe under every exam of data, and where it was ahead."""
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for worth in worth_of(results):
        first = worth.first
        setting = {"method": first.method, "changes": dict(first.changes), "exam_hash": first.exam_hash}
        entry = told.setdefault((first.exam_hash, first.recipe), setting | {"exam": first.exam, "ahead": {}})
        ahead = bool(worth.verdict.worth_it)
        entry["ahead"][first.dataset] = ahead and entry["ahead"].get(first.dataset, True)  # at every budget
    return json.dumps(list(told.values()), indent=1, sort_keys=True) + "\n"


def stands_by_bytes(result: Result) -> bool:
    """Whether it is of a budget in bytes, under an exam of data."""
    return bool(result.bytes_asked) and result.exam in exams_of_data()


def tables_by_bytes(results: Sequence[Result]) -> Iterator[str]:
    """For every dataset with sets of budgets in bytes that were graded under its exam, by the same learners: a heading
    and a table."""

    def setting(worth: Worth) -> tuple[str, str, str]:
        return worth.first.dataset, worth.first.exam, ", ".join(sorted(result.network for result in worth.graded))

    worths = worth_of([result for result in results if result.bytes_asked])
    for (dataset, exam, learners), group in groupby(sorted(worths, key=setting), setting):
        told = list(group)
        heading = f"### {dataset}\n\nMean {metric_text(told[0].first.scale)} of {learners}, exam `{exam}`.\n\n"
        yield heading + _table(told)


def _table(worths: Sequence[Worth]) -> str:
    budgets = sorted({worth.first.bytes_asked for worth in worths})
    means: dict[tuple[str, int], float] = {}
    texts: dict[tuple[str, int], str] = {}
    for worth in worths:
        at, label = worth.first.bytes_asked, _label(worth, worths)
        ahead = f"{worth.score('distilled')}, {worth.ahead}"
        texts[label, at] = f"**{ahead}**" if worth.verdict.worth_it else ahead
        texts |= {(name, at): worth.score(name) for name in worth.rivals}
        means |= {(name, at): worth.mean(name) for name in worth.rivals} | {(label, at): worth.mean("distilled")}

    def rank(name: str) -> list[tuple[bool, float]]:
        gain = worths[0].first.scale.gain
        return [((name, at) not in means, gain(0.0, means.get((name, at), 0.0))) for at in reversed(budgets)]

    names = sorted({name for name, _ in means}, key=rank)
    lines = [[name, *(texts.get((name, at), "") for at in budgets)] for name in names]
    heads = [f"{at:,} bytes" for at in budgets]
    return markdown_table(["set", *heads], lines, heads) + _in_common(worths)


def _label(worth: Worth, worths: Sequence[Worth]) -> str:
    """The method, its codec, and the changes that most sets of the method do not have."""
    changes, usual = _changes(worth), _usual(worth.first.method, worths)
    codec = [str(worth.first.changes["codec"])] if "codec" in worth.first.changes else []
    own = [name for name in {**usual, **changes} if changes.get(name) != usual.get(name)]
    return ", ".join([worth.first.method, *codec, *(f"{name}={changes.get(name, 'default')}" for name in own)])


def _in_common(worths: Sequence[Worth]) -> str:
    """The changes that most sets of a method have."""
    told = []
    for method, count in sorted(Counter(worth.first.method for worth in worths).items()):
        usual = [f"`{name}={value}`" for name, value in sorted(_usual(method, worths).items())]
        if usual and count > 1:
            told.append(f"{method} with {', '.join(usual)}")
    return f"\n{'; '.join(told)}, where a row says nothing else.\n" if told else ""


def _usual(method: str, worths: Sequence[Worth]) -> dict[str, str]:
    """The changes that more than half of the sets of a method have."""
    found = [_changes(worth) for worth in worths if worth.first.method == method]
    times = Counter(change for changes in found for change in changes.items())
    return {name: value for (name, value), count in times.items() if 2 * count > len(found)}


def _changes(worth: Worth) -> dict[str, str]:
    return {name: str(value) for name, value in worth.first.changes.items() if name != "codec"}
