"""Cheap rivals are drawn round after round, as often as the verdict needs and no more.

A verdict that is looked at more than once is wrong more often than it says. So the looks before the last one end the
rounds only where an interval of 99 % is on one side, and what is told is that of 95 % over all draws (Haybittle 1971,
Peto et al. 1976, who look at clinical trials so): in simulation it holds the gap as often as without them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from condenset.core.batch import Batch
from condenset.core.metric import Metric
from condenset.core.rng import Rng
from condenset.evaluation.baselines import baseline_batch
from condenset.evaluation.entries import Entry, Graded, grade_entries
from condenset.evaluation.known_scores import Score
from condenset.evaluation.rows import Row
from condenset.evaluation.rules import Rules
from condenset.evaluation.verdict import in_contention, verdict_on
from condenset.synthetic import SyntheticSet

_SURE = 0.99
_NARROW = 0.015  # of a fraction 1.5 points; of what has no bounds this share of the rival's mean


@dataclass
class Rivals:
    """The baselines of one grading.

    Attributes:
        of: the set that they stand beside.
        rules: how every row is graded.
        rng: of the draws.
        within: as of `baseline_batch`.
        resampled: as of `baseline_batch`.
        watch: as of `grade_entries`.
        graded: what was found, by name and learner.
    """

    of: SyntheticSet
    rules: Rules
    rng: Rng
    within: int | None
    resampled: bool
    watch: Callable[[Row, int], None]
    graded: dict[tuple[str, str], Graded] = field(default_factory=dict)

    @property
    def rows(self) -> list[Row]:
        """A row for each name and learner."""
        return [graded.row for graded in self.graded.values()]

    def draw(self, names: Sequence[str], count: int) -> None:
        """Draw baselines, and train on the draws, until there are so many; the full data are trained on once."""
        task, executor = self.rules.task, self.rules.execution.executor
        for graded in grade_entries(self._entries(names, count), task, executor, self.watch):
            self.graded[graded.row.name, graded.row.network] = graded

    def contest(self, own: Sequence[Row], rounds: Sequence[int], metric: Metric) -> None:
        """Draw those that may be the best for as many rounds as it takes to tell the set from the best of them.

        Args: own, the rows of the set; rounds, how many draws there are after each; metric, that ranks.
        """
        for count in rounds:
            rows = [*own, *self.rows]
            if settled(rows, metric, looked_before=count != rounds[0]):
                return
            self.draw(in_contention(rows, metric), count)

    def _entries(self, names: Sequence[str], count: int) -> Iterator[Entry]:
        for name in names:
            before = self._before(name)
            first = max(map(len, before.values()), default=0)
            drawn = self._drawn(name, range(first, 1 if name == "full" else count))
            if drawn:
                draws, sizes = zip(*drawn, strict=True)
                yield from self.rules.entries(name, draws, self.of, sizes[0], before=before)

    def _before(self, name: str) -> Mapping[str, tuple[Score, ...]]:
        return {network: graded.scores for (known, network), graded in self.graded.items() if known == name}

    def _drawn(self, name: str, numbers: range) -> list[tuple[Batch, int]]:
        streams = [self.rng.child("baseline", name, number) for number in numbers]
        task = self.rules.task
        drawn = [baseline_batch(name, self.of, task, stream, self.resampled, self.within) for stream in streams]
        return [one for one in drawn if one is not None]


def settled(rows: Sequence[Row], metric: Metric, looked_before: bool) -> bool:
    """Whether further draws of rivals would tell nothing new: the verdict is decided, or as narrow as is of use.

    Args: looked_before, whether this is not the first look, at which a spread of few draws may be narrow by luck.
    """
    verdict, sure = verdict_on(rows, metric), verdict_on(rows, metric, _SURE)
    if verdict is None or sure is None or sure.standing in ("ahead", "behind"):
        return True
    rival = max(abs(row.mean) for row in rows if row.name == verdict.rival)
    unit = 1.0 if math.isfinite(metric.bounds[1] - metric.bounds[0]) else rival
    low, high = verdict.ci95
    return looked_before and (high - low) / 2 <= _NARROW * unit
