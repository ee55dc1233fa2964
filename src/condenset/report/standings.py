"""Who stands where: what was graded under one exam on the same data, with each learner and over all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

from condenset.core.changes import differing
from condenset.core.metric import Metric
from condenset.evaluation.grading import Grading
from condenset.evaluation.rows import Measured, Row
from condenset.evaluation.uninformed import GUESS
from condenset.report.records import Run

OWN, FULL = "distilled", "full"
_OF_A_SET = "random-same-labels"  # depends on a set's labels, and stands in that set's table


@dataclass(frozen=True)
class Entrant:
    """What learners were trained on: a set, or what it must beat.

    Attributes:
        name: as it is recorded: "distilled", "k-means".
        rows: by learner.
        run, anchor: of a set the run that made it, and the id of its section; None and "" of a baseline.
    """

    name: str
    rows: Mapping[str, Row]
    run: Run | None = None
    anchor: str = ""

    @property
    def first(self) -> Row:
        """A row that says what all of them have in common: bytes, sets, repeats."""
        return next(iter(self.rows.values()))

    @property
    def guesses(self) -> bool:
        """Whether it is what a model scores that has read nothing."""
        return self.first.network == GUESS

    @property
    def train_s(self) -> float:
        """Seconds of training one learner, the mean over them."""
        return fmean(row.train_s for row in self.rows.values())

    @property
    def distil_s(self) -> float:
        """Seconds of distilling; 0 of a baseline."""
        return self.run.seconds if self.run else 0.0


@dataclass(frozen=True)
class Standings:
    """Entrants under one exam; of the same name and bytes there is one.

    Attributes:
        task: name of the data.
        grading: the exam and its metrics; in a comparison that of the first run.
    """

    task: str
    grading: Grading
    entrants: tuple[Entrant, ...]

    @property
    def metrics(self) -> list[Metric]:
        """Those in which something was measured; the first ranks."""
        return [m for m in self.grading.metrics if any(self.score(e, n, m) for e in self.entrants for n in e.rows)]

    @cached_property
    def learners(self) -> tuple[str, ...]:
        """Names of all learners that graded any entrant, in the order that they appear in."""
        return tuple(dict.fromkeys(learner for entrant in self.entrants for learner in entrant.rows))

    @cached_property
    def shared(self) -> tuple[str, ...]:
        """The learners that graded every set: means over others could not be compared."""
        return tuple(n for n in self.learners if all(n in entrant.rows for entrant in self.entrants if entrant.run))

    def label(self, entrant: Entrant) -> str:
        """Of a set its method, its codec where that was chosen, and those changes to the recipe in which sets of the
        same method differ; of others the name."""
        if entrant.run is None:
            return entrant.name
        label, mine = entrant.run.label, entrant.run.card.facts.changes
        same = [other.run.card.facts.changes for other in self.entrants if other.run and other.run.label == label]
        return ", ".join([label, *(f"{name}={mine[name]}" for name in differing(mine, same))])

    def score(self, entrant: Entrant, learner: str, metric: Metric) -> Measured | None:
        """With one learner; None where that was not measured."""
        row = entrant.rows.get(learner)
        if row is None:
            return None
        return row.measured(metric, metric.name == self.grading.metric.name)

    def mean(self, entrant: Entrant, metric: Metric) -> Measured | None:
        """Over the shared learners; None where one is missing.

        The interval is the mean of theirs. Learners see the same sets and the same test data, so their errors may be
        one: then it is exact, and else wider than need be.
        """
        scores = [score for learner in self.shared if (score := self.score(entrant, learner, metric))]
        if not scores or len(scores) < len(self.shared):
            return None
        if len(scores) == 1:
            return scores[0]
        low, high = map(fmean, zip(*(score.ci95 for score in scores), strict=True))
        means = tuple(score.mean for score in scores)
        return Measured(fmean(means), (low, high), means)

    def ranked(self, metric: Metric) -> list[Entrant]:
        """The best mean first, those without one last."""

        def rank(entrant: Entrant) -> tuple[bool, float]:
            mean = self.mean(entrant, metric)
            return mean is None, 0.0 if mean is None else metric.gain(0.0, mean.mean)

        return sorted(self.entrants, key=rank)


def standings_of(run: Run, grading: Grading) -> Standings:
    """A set beside its baselines."""
    entrants = (Entrant(name, rows, run if name == OWN else None) for name, rows in _by_name(grading).items())
    return Standings(run.card.task.name, grading, tuple(entrants))


def standings_across(runs: Sequence[tuple[str, Run]]) -> tuple[Standings, ...]:
    """Sets beside each other and their baselines, for all data and exams; runs as (id of the section, run)."""
    together: dict[tuple[str, ...], list[tuple[str, Run, Grading]]] = {}
    for anchor, run in runs:
        for grading in run.gradings:
            if grading.of(OWN):
                data = (run.card.task.name, run.card.task.fingerprint.sha256)
                together.setdefault((*data, *grading.key), []).append((anchor, run, grading))
    return tuple(Standings(task, entries[0][2], tuple(_entrants(entries))) for (task, *_), entries in together.items())


def _entrants(entries: Sequence[tuple[str, Run, Grading]]) -> Iterator[Entrant]:
    """Every set, sets that were graded as one once, then every baseline once for each number of bytes."""
    seen: list[dict[str, Row]] = []
    for anchor, run, grading in entries:
        rows = _by_name(grading)[OWN]
        if rows not in seen or next(iter(rows.values())).sets == 1:
            yield Entrant(OWN, rows, run, anchor)
        seen.append(rows)
    baselines: dict[tuple[str, int], dict[str, Row]] = {}
    for _, _, grading in entries:
        for name, rows in _by_name(grading).items():
            if name not in (OWN, _OF_A_SET):
                for learner, row in rows.items():
                    baselines.setdefault((name, row.bytes), {}).setdefault(learner, row)
    yield from (Entrant(name, rows) for (name, _), rows in baselines.items())


def _by_name(grading: Grading) -> dict[str, dict[str, Row]]:
    """Name -> learner -> row; a guess, which no learner was trained for, stands for all of them."""
    learners = dict.fromkeys(row.network for row in grading.rows if row.network != GUESS) or {GUESS: None}
    tables: dict[str, dict[str, Row]] = {}
    for row in grading.rows:
        tables.setdefault(row.name, {}).update(dict.fromkeys(learners if row.network == GUESS else (row.network,), row))
    return tables
