"""What a set is worth beside the best of what is cheaper, at the same bytes, over all learners of the exam."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from condenset.core.metric import ACCURACY, SPACE, Metric, gap_text, metric_text, score_text
from condenset.evaluation.interval import Spread, interval, of_draws, of_test, together, within
from condenset.evaluation.rows import Row
from condenset.evaluation.uninformed import GUESS

_OWN = "distilled"
Standing = Literal["ahead", "behind", "not told apart", "a tie", "not known"]
_APART = 3.0  # standard errors of a difference
NO_RIVALS = (_OWN, "full", "random-same-labels")  # the set itself, what is not small, what needs the set's labels


@dataclass(frozen=True)
class Verdict:
    """The set beside its best rival, as means over the learners that graded both.

    Attributes:
        rival: the baseline with the best mean.
        gap: how far the set is ahead of it, in the metric's unit; below 0: behind.
        ci95: of the gap: over sets, learners and the test sample. Of one set, whose luck is not known, as if it varied
            as the rival's draws do.
        share_of_full: of the score that the full data reach; of errors the inverse. None where that is not known.
        worth_it: whether the whole interval is ahead; None where one repeat tells no spread.
        guess: what predicts the same for every example and is ahead of the set by its mean; empty where nothing is.
    """

    rival: str
    gap: float
    ci95: tuple[float, float]
    share_of_full: float | None
    worth_it: bool | None
    guess: str = ""

    @property
    def standing(self) -> Standing:
        """Which side of its rival the whole interval is on; a tie only where both have the same mean."""
        if self.worth_it is None:
            return "not known"
        if self.gap == 0:
            return "a tie"
        low, high = self.ci95
        return "ahead" if low > 0 else "behind" if high < 0 else "not told apart"

    def sentence(self, metric: Metric) -> str:
        """For people. Args: metric, of the gap."""
        unit = f"{SPACE}points" if metric.unit == "fraction" else ""
        low, high = (gap_text(end, metric) for end in self.ci95)
        name, side = metric_text(metric), "ahead of" if self.gap > 0 else "behind"
        apart = f"{gap_text(abs(self.gap), metric)}{unit} of {name} {side}" if self.gap else f"the same {name} as"
        share = self.share_of_full
        reached = "" if share is None else f"; {score_text(share, ACCURACY)} of what the full data reach"
        below = f"Below the uninformed guess ({self.guess}), which needs no data. " if self.guess else ""
        return (
            f"{below}{self._opinion()}: {apart} {self.rival}, its best rival (95 % interval {low} to {high}){reached}."
        )

    def _opinion(self) -> str:
        opinions = {
            "not known": "One repeat gives no verdict",
            "ahead": "Worth it",
            "a tie": f"A tie with {self.rival}",
            "not told apart": f"Not told apart from {self.rival}",
            "behind": f"Not worth it, take {self.rival}",
        }
        return opinions[self.standing]

    def record(self) -> dict[str, Any]:
        """The JSON form; what stands in it follows from the rows."""
        return {name: value for name, value in asdict(self).items() if name != "guess"} | {"ci95": list(self.ci95)}


def verdict_on(rows: Sequence[Row], metric: Metric, level: float = 0.95) -> Verdict | None:
    """The verdict that rows give; None where there is no set or no rival that all its learners graded.

    Args: level, how probable the interval is to hold the gap.
    """
    tables = _by_name(rows)
    own, rivals = tables.get(_OWN), _rivals(tables)
    if own is None or not rivals:
        return None
    means = {name: metric.gain(_mean(table, own), 0.0) for name, table in rivals.items()}
    rival = max(means, key=means.__getitem__)
    gap = metric.gain(_mean(own, own), _mean(rivals[rival], own))
    spread = _spread(own, rivals[rival])
    units = max(row.units for row in own.values())
    width = Metric(metric.name, bounds=(metric.bounds[0] - metric.bounds[1], metric.bounds[1] - metric.bounds[0]))
    ends = within(interval(gap, spread, level), width, units)
    told = all(len(row.scores) > 1 for row in own.values())
    worth_it, guess = ends[0] > 0 if told else None, _better_guess(rows, _mean(own, own), metric)
    return Verdict(rival, gap, ends, _share(own, tables.get("full"), metric), worth_it, guess)


def in_contention(rows: Sequence[Row], metric: Metric) -> tuple[str, ...]:
    """The rivals that further draws could show to be the best: the best so far, and those not clearly behind it."""
    tables = _by_name(rows)
    own, rivals = tables.get(_OWN), _rivals(tables)
    if own is None or not rivals:
        return ()
    draws = {name: _averaged([table[learner].draws for learner in own]) for name, table in rivals.items()}
    best = max(draws, key=lambda name: metric.gain(float(np.mean(draws[name])), 0.0))
    return tuple(name for name, own_draws in draws.items() if _near(own_draws, draws[best], metric))


def _near(draws: Sequence[float], best: Sequence[float], metric: Metric) -> bool:
    behind = metric.gain(float(np.mean(best)), float(np.mean(draws)))
    return behind <= _APART * math.sqrt(together(of_draws(draws), of_draws(best)).variance)


def _rivals(tables: Mapping[str, Mapping[str, Row]]) -> dict[str, Mapping[str, Row]]:
    """Those that all learners of the set graded."""
    own = tables.get(_OWN, {})
    return {name: table for name, table in tables.items() if name not in NO_RIVALS and table.keys() >= own.keys()}


def _better_guess(rows: Sequence[Row], mean: float, metric: Metric) -> str:
    """The name of an uninformed row that is ahead of a mean; empty where none is."""
    return next((row.name for row in rows if row.network == GUESS and metric.gain(row.mean, mean) > 0), "")


def _by_name(rows: Sequence[Row]) -> dict[str, dict[str, Row]]:
    """Name -> learner -> row; what no learner was trained for stands for all of them."""
    learners = dict.fromkeys(row.network for row in rows if row.name == _OWN)
    tables: dict[str, dict[str, Row]] = {}
    for row in rows:
        networks = (row.network,) if row.network in learners or row.name == "full" else learners
        tables.setdefault(row.name, {}).update(dict.fromkeys(networks, row))
    return tables


def _mean(table: Mapping[str, Row], learners: Mapping[str, Row]) -> float:
    return float(np.mean([table[learner].mean for learner in learners]))


def _spread(own: Mapping[str, Row], other: Mapping[str, Row]) -> Spread:
    """Of the gap. Learners see the same draws and the same test data, so values are averaged over them first."""
    mine, theirs = (_averaged([table[learner].draws for learner in own]) for table in (own, other))
    lone = next(iter(own.values())).sets == 1
    return together(of_draws(mine), of_draws(theirs, one_more=lone), of_test(_differences(own, other)))


def _averaged(values: Sequence[Sequence[float]]) -> list[float]:
    same = min(map(len, values))
    return [float(np.mean([row[index] for row in values])) for index in range(same)]


def _differences(own: Mapping[str, Row], other: Mapping[str, Row]) -> list[float]:
    """The gap less each part of the test data."""
    pairs = [(_parts(row), _parts(other[learner])) for learner, row in own.items()]
    if any(len(mine) != len(theirs) for mine, theirs in pairs):
        return []
    return np.mean([np.subtract(mine, theirs) for mine, theirs in pairs], axis=0).tolist()


def _parts(row: Row) -> Sequence[float]:
    return next(iter(row.without.values()), ())


def _share(own: Mapping[str, Row], full: Mapping[str, Row] | None, metric: Metric) -> float | None:
    shared = [learner for learner in own if full is not None and learner in full]
    if not shared or full is None:
        return None
    mine, theirs = (float(np.mean([table[learner].mean for learner in shared])) for table in (own, full))
    part, whole = (mine, theirs) if metric.higher_is_better else (theirs, mine)
    return part / whole if whole > 0 and part >= 0 else None
