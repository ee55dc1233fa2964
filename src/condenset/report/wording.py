"""Numbers and findings as people read them: percent, bytes, durations, and the verdict in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from condenset.core.metric import Metric
from condenset.core.offers import items_of
from condenset.report.records import Grading, Run, Score

SPACE = "\N{NARROW NO-BREAK SPACE}"
_METRICS = {"r2": "R²"}


def metric_text(metric: Metric) -> str:
    """A metric's name."""
    return _METRICS.get(metric.name, metric.name)


def score_text(value: float, metric: Metric, unit: bool = True) -> str:
    """A score: a fraction in percent with one decimal, anything else as a number with three."""
    if metric.unit != "fraction":
        return f"{value:.3f}".replace("-", "−")
    return f"{100 * value:.1f}{SPACE}%" if unit else f"{100 * value:.1f}"


def count_text(value: int) -> str:
    """A whole number, its thousands set apart."""
    return f"{value:,}".replace(",", SPACE)


def bytes_text(value: int | float) -> str:
    """A size in decimal units, as file managers show it."""
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5 or unit == "GB":
            break
        value /= 1000
    digits = 0 if unit == "B" or value >= 99.95 else 1
    return f"{value:.{digits}f}{SPACE}{unit}"


def seconds_text(value: float) -> str:
    """A duration in the unit that suits it."""
    if value < 0.1:
        return f"{1000 * value:.2g}{SPACE}ms" if value else f"0{SPACE}s"
    if value < 90:
        return f"{value:.{0 if value >= 10 else 1}f}{SPACE}s"
    return f"{value / 60:.1f}{SPACE}min" if value < 5400 else f"{value / 3600:.1f}{SPACE}h"


def ratio_text(value: float) -> str:
    """How many times smaller; three digits."""
    return f"{count_text(round(value)) if value >= 100 else f'{value:.3g}'}×"


def noun(run: Run) -> str:
    """What the examples of the run's data are called."""
    return items_of(run.card.task.modality)


def amount(run: Run) -> str:
    """How many items the set has, in words; only what was made is called synthetic, not what was chosen."""
    made = "" if run.paper.get("family") == "coreset" else "synthetic "
    return f"{count_text(run.card.items)} {made}{noun(run)}" if run.card.items else f"{made}{noun(run)}"


def average(rows: Sequence[Score]) -> float:
    """Mean of the rows' means."""
    return fmean(row.mean for row in rows)


def rival(grading: Grading) -> str | None:
    """The baseline that the verdict compares with: random, else the best one there is."""
    names = [row.name for row in grading.rows if row.name not in ("distilled", "full")]
    best = max(names, key=lambda name: grading.metric.gain(average(grading.of(name)), 0.0), default=None)
    return "random" if "random" in names else best


def verdict(run: Run) -> str:
    """What the set is worth, in one sentence."""
    rows = run.rows
    stands = f"{amount(run)} stand in for {count_text(rows)}" if rows else f"{amount(run)} stand in for all"
    grading = run.grading
    if grading is None:
        return f"{stands[:1].upper()}{stands[1:]}. How well is not known yet: the set has not been evaluated."
    name = metric_text(grading.metric)
    own = f"{score_text(average(grading.of('distilled')), grading.metric)} {name}"
    other = rival(grading)
    sentence = f"{stands}: {own}"
    if other is not None:
        sentence += f" against {score_text(average(grading.of(other)), grading.metric)} for {_described(run, other)}"
    return f"{sentence[:1].upper()}{sentence[1:]}."


def certainty(run: Run) -> str:
    """How sure the verdict is: whether the intervals of the set and of the baseline lie apart."""
    grading = run.grading
    other = None if grading is None else rival(grading)
    if grading is None or other is None:
        return ""
    rivals = {row.network: row for row in grading.of(other)}
    pairs = [(row, rivals[row.network]) for row in grading.of("distilled") if row.network in rivals]
    if any(min(a.repeats, b.repeats) < 2 for a, b in pairs):
        return "One repeat tells no spread: evaluate with more repeats before you rely on it."
    ahead = sum(_ahead(a, b, grading.metric) for a, b in pairs)
    if len(pairs) > 1:
        return f"It is ahead, with 95 % intervals that do not overlap, on {ahead} of {len(pairs)} learners."
    if ahead:
        return "The two 95 % intervals do not overlap."
    if any(_ahead(b, a, grading.metric) for a, b in pairs):
        return "The set is worse than this baseline."
    return "The two 95 % intervals overlap: this evaluation does not tell them apart."


def _ahead(better: Score, worse: Score, metric: Metric) -> bool:
    """Whether the whole interval of one is ahead of the other's."""
    return all(metric.gain(end, other) > 0 for end in better.ci95 for other in worse.ci95)


def _described(run: Run, name: str) -> str:
    grading = run.grading
    assert grading is not None
    words = {"random": f"random {noun(run)}", "random-same-labels": f"random {noun(run)} with the same labels"}
    sizes = [row.bytes for row in grading.of(name)], [row.bytes for row in grading.of("distilled")]
    same = max(sizes[0]) <= 1.05 * max(sizes[1])
    return f"{words.get(name, name)} at {'the same bytes' if same else bytes_text(max(sizes[0]))}"
