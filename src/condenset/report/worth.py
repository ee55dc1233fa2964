"""What sets are worth under the exams of their data: the mean over all learners beside the best rival, ahead or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from condenset.core.metric import gap_text, metric_text, score_text
from condenset.core.offers import exams_of_data
from condenset.evaluation.rows import Row
from condenset.evaluation.verdict import verdict_on
from condenset.report.results import Result
from condenset.report.tables import markdown_table
from condenset.report.wording import average

_SETTING = ("data", "budget", "recipe", "learners", "sets", "metric")
_NUMBERS = ("learners", "sets", "ours", "best rival", "ahead by", "of full")
_HEADS = (*_SETTING, *_NUMBERS[2:], "worth it")


def worth_table(results: Sequence[Result]) -> str:
    """A line for every recipe that was graded under the exam of its data, as Markdown; empty where there is none."""
    lines = list(_lines(results))
    return markdown_table(_HEADS, lines, _NUMBERS) if lines else ""


def _lines(results: Sequence[Result]) -> Iterator[list[str]]:
    exams = exams_of_data()

    def setting(result: Result) -> tuple[str, str, str, str]:
        return result.dataset, result.budget, result.recipe, result.exam

    kept = [result for result in results if result.exam in exams]
    for (dataset, budget, recipe, _), group in groupby(sorted(kept, key=setting), setting):
        graded = list(group)
        rows, metric = [row for result in graded for row in result.rows], graded[0].scale
        worth = verdict_on(rows, metric)
        if worth is not None:
            low, high = (gap_text(end, metric) for end in worth.ci95)
            share = "" if worth.share_of_full is None else f"{100 * worth.share_of_full:.0f}"
            yield [
                *(dataset, budget, recipe, str(len(graded)), str(graded[0].rows[0].sets), metric_text(metric)),
                *(_mean(rows, "distilled", graded[0]), f"{worth.rival} {_mean(rows, worth.rival, graded[0])}"),
                *(f"{gap_text(worth.gap, metric, sign=True)} ({low} to {high})", share),
                {True: "yes", False: "no", None: "not known"}[worth.worth_it],
            ]


def _mean(rows: Sequence[Row], name: str, result: Result) -> str:
    return score_text(average([row for row in rows if row.name == name]), result.scale, unit=False)
