"""Recorded results as tables: all of them, those with a published number, and one method on many networks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from condenset.core.metric import score_text
from condenset.core.reported import Reported
from condenset.report.results import Result
from condenset.report.tables import markdown_table
from condenset.report.worth import stands_by_bytes, tables_by_bytes, worth_table

_HEADS = ("method", "data", "budget", "network", "exam", "published", "ours", "random", "best rival", "learners")
_NUMBERS = _HEADS[5:]
_ACROSS = 3  # networks from which on a setting has a table across networks
_ALIKE = "fair"
_SIDE_BY_SIDE = """## Side by side

Every set graded alike, under the exam `fair`: hard labels, no augmentation, one schedule. The best come first; a set
that was made for soft labels, augmentation or one known network loses what it has in these.
"""
_CARRIED_OVER = """Accuracy in percent, one exam to a table: what a set made with one network teaches others.
"""
_ORDER = ("verified", "partial", "failed", "none")
_VERDICTS = """Scores are in percent where they are shares, else in the metric's unit. *Verified*: ahead of random
examples of the same bytes by the whole 95 % interval of the gap, and within the published interval, above it, or at
most one point below it. *Partial*: ahead of random only. *Failed*: not. *None*: one repeat tells no spread. *Reduced*:
fewer steps than in the paper. Without a published number under the same exam, data, budget and network, a row is
*partial* at best. The best rival is the best coreset that was graded beside the set, in bold where it is ahead of it. A
method without a row has none yet that was graded by these rules.
"""


_WORTH = """## Under the exams of the data

By learners that a set was not made for, the mean over them, beside the best that is as small and was not distilled.
*Ahead by* is in points of percent where scores are shares, with its 95 % interval; *of full* is the share of what all
of the data reach, in percent. *Worth it*: ahead by the whole interval.
"""

_BY_BYTES = """## At the same bytes

What a set is worth by what it stores, beside real examples of the same bytes: the mean, and how far it is ahead of the
best of those at its budget, with the 95 % interval. **Bold**: ahead by the whole interval.
"""


def results_page(results: Sequence[Result]) -> str:
    """All recorded results by dataset, then a table across networks for every setting with several."""
    parts = ["# Recorded results\n"]
    if worth := worth_table(results):
        parts += [_WORTH, worth]
    if by_bytes := list(tables_by_bytes(results)):
        parts += [_BY_BYTES, *by_bytes]
    parts += ["## Beside published numbers\n", _VERDICTS]
    alike = [result for result in results if result.exam == _ALIKE]
    own = [result for result in results if result.exam != _ALIKE and not stands_by_bytes(result)]
    parts += _by_dataset(own)
    if alike:
        parts += [_SIDE_BY_SIDE, _side_by_side(alike)]
    across = list(tables_across_networks(results))
    if across:
        parts += [f"## Across networks\n\n{_CARRIED_OVER}", *across]
    return "\n".join(parts)


def _by_dataset(results: Sequence[Result]) -> Iterator[str]:
    for dataset, group in groupby(results, lambda result: result.dataset):
        own = list(group)
        yield f"### {dataset}\n\n{results_table(own)}{_on_all_data(own)}"


def _on_all_data(results: Sequence[Result]) -> str:
    """What the same exams give when they train on all data, as far as that was graded."""
    scores = {
        f"{score(result.baselines['full'][0], result)} ({result.network}, {result.exam}{', ZCA' if result.zca else ''})"
        for result in results
        if "full" in result.baselines
    }
    return f"\nTrained on all examples: {', '.join(sorted(scores))}.\n" if scores else ""


def results_summary(results: Sequence[Result]) -> str:
    """What sets are worth under the exams of their data, results beside published numbers, all verdicts counted."""
    best = Counter(best_verdicts(results).values())
    counted = ", ".join(f"{best[verdict]} {verdict}" for verdict in _ORDER if best[verdict]) or "none yet"
    sentence = f"Best verdicts of the {best.total()} methods with a recorded run: {counted}.\n"
    published = [result for result in results if result.reported is not None]
    tables = [worth_table(results), results_table(published) if published else ""]
    return "\n".join([*filter(None, tables), sentence])


def best_verdicts(results: Sequence[Result]) -> dict[str, str]:
    """Method -> the best verdict among its results."""
    best: dict[str, str] = {}
    for result in sorted(results, key=lambda result: _ORDER.index(result.verdict)):
        best.setdefault(result.method, result.verdict)
    return best


def results_table(results: Sequence[Result]) -> str:
    """Recorded results beside the published numbers, as Markdown."""
    lines = [
        [
            *(r.recipe, data_name(r), r.budget, r.network, r.exam),
            *(score(r.reported, r), measured(r), score(r.random, r), rival(r)),
            *(str(r.repeats), r.schedule, r.verdict),
        ]
        for r in results
    ]
    return markdown_table([*_HEADS, "schedule", "verdict"], lines, _NUMBERS)


def _side_by_side(results: Sequence[Result]) -> str:
    """Results under one exam, as Markdown, by setting and the best first."""
    ranked = sorted(results, key=lambda r: (r.dataset, r.budget, r.network, -r.measured))
    lines = [
        [*(r.recipe, data_name(r), r.budget, r.network, f"{r.bytes:,}"), *(measured(r), rival(r), str(r.repeats))]
        for r in ranked
    ]
    heads = ["method", "data", "budget", "network", "bytes", "ours", "best rival", "learners"]
    return markdown_table(heads, lines, heads[4:])


def tables_across_networks(results: Sequence[Result]) -> Iterator[str]:
    """For every dataset, budget and exam with results on several networks: methods down, networks across."""

    def setting(result: Result) -> tuple[str, str, str]:
        return result.dataset, result.budget, result.exam

    for (dataset, budget, exam), group in groupby(sorted(results, key=setting), setting):
        cells: dict[tuple[str, str], str] = {}
        for result in group:
            cells[result.recipe, result.network] = measured(result)
            cells["random", result.network] = score(result.random, result)
        networks = list(dict.fromkeys(network for _, network in cells))
        if len(networks) >= _ACROSS:
            yield f"### {dataset}, {budget}, {exam}\n\n{_across(cells, networks)}"


def _across(cells: Mapping[tuple[str, str], str], networks: Sequence[str]) -> str:
    methods = sorted({method for method, _ in cells}, key=lambda method: (method == "random", method))
    lines = [[method, *(cells.get((method, network), "") for network in networks)] for method in methods]
    return markdown_table(["method", *networks], lines, networks)


def data_name(row: Result | Reported) -> str:
    """The dataset of a row, and that it was whitened."""
    return f"{row.dataset}, ZCA" if row.zca else row.dataset


def measured(result: Result) -> str:
    """Our mean and standard deviation; the mean alone of one repeat, which has no deviation."""
    return score(result.measured, result) + (f" ± {score(result.std, result)}" if result.repeats > 1 else "")


def rival(result: Result) -> str:
    """The best rival and its score, in bold where it is ahead."""
    name, best = result.rival
    text = f"{name} {score(best, result)}"
    return f"**{text}**" if result.scale.gain(best, result.measured) > 0 else text


def score(value: float | None, result: Result) -> str:
    """A score in the metric's own unit, of fractions in percent; nothing for None."""
    return "" if value is None else score_text(value, result.scale, unit=False)
