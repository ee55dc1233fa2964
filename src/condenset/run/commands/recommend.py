"""`condenset recommend`: which recipe suits the data, tried on a part of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from condenset.run.console import Answer, Screen
from condenset.run.options import DataOptions, Output, SizeOptions, WorkerOptions


@dataclass(frozen=True)
class Recommend:
    """Try the recipes that take moments on a part of the training data, and say which suits them; test data stay shut.

    Attributes:
        data: a known name or a path.
        exam: that of the kind of data when left out.
        seed: of every random stream.
        budget: the budget.
        opening: how the data are opened.
        workers: where networks are trained.
    """

    data: Annotated[Positional[str], arg(metavar="DATA")]
    exam: Annotated[str | None, arg(metavar="EXAM")] = None
    seed: int = 0
    budget: OmitArgPrefixes[SizeOptions] = field(default_factory=SizeOptions)
    opening: OmitArgPrefixes[DataOptions] = field(default_factory=DataOptions)
    workers: OmitArgPrefixes[WorkerOptions] = field(default_factory=WorkerOptions)
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Try them, say which is the best and how to make its set."""
        from condenset.core.execution import Execution
        from condenset.evaluation.exam import named_exam
        from condenset.evaluation.recommend import told
        from condenset.run.device import named_device
        from condenset.run.watched import opened_task, race_table, watched_race

        size = self.budget.chosen()
        task = opened_task(screen, self.data, self.opening.given())
        exam = named_exam(self.exam or task.modality.exam)
        with self.workers.opened() as executor:
            execution = Execution(named_device(self.workers.device), executor=executor)
            tried = watched_race(screen, task, size, exam=exam, seed=self.seed, execution=execution)
        metric = task.target.metrics[0]
        record = {
            "schema": "condenset.recommend/1",
            "exam": exam.name,
            "exam_hash": exam.hash,
            "metrics": [metric.record()],
            "rows": [one.record() for one in tried],
            "recognised": task.recognised.record(),
        }
        title = f"{task.name} under the exam {exam.name}, validation data, the mean over its learners"
        following = f"next: condenset distill {self.data} {tried[0].contender.words}, with the same budget"
        return Answer(record, (title, race_table(tried, metric), f"{told(tried, metric)}\n{following}"))
