"""`condenset evaluate`: score a set beside baselines."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from condenset.core.errors import RequestError
from condenset.run.console import Answer, Screen
from condenset.run.options import Names, Output, Precision, WorkerOptions

if TYPE_CHECKING:
    from condenset.evaluation.evaluation import Evaluation


@dataclass(frozen=True)
class Evaluate:
    """Score a saved set beside baselines at the same bytes, on the data's held-out part, and say what it is worth.

    Attributes:
        set: folder of the set; of several, where they are of one recipe by several seeds, which make one row.
        exam: see `condenset list exams`; paper for the one of the set's method; that of the kind of data when left out.
        networks: learners in place of the exam's own.
        baselines: random, random-same-labels, herding, k-center, k-means, rivals (those of its kind of data), full;
            empty for none.
        repeats: learners for every score.
        metric: what the table shows, one of the data's target; its first when left out. --json has all.
        data: where the data lie now, if not where the set was made.
        seed: of the evaluation.
        precision: of compiled networks; auto takes bfloat16 where the processor multiplies it faster.
        workers: where the networks are trained.
    """

    set: Annotated[Positional[tuple[Path, ...]], arg(metavar="SET")]
    exam: Annotated[str | None, arg(metavar="EXAM")] = None
    networks: Names = ()
    baselines: Names = ("random", "random-same-labels", "herding", "k-center", "k-means", "rivals", "full")
    repeats: Annotated[int | None, arg(metavar="N")] = None
    metric: Annotated[str | None, arg(metavar="NAME")] = None
    data: Annotated[str | None, arg(metavar="DATA")] = None
    seed: int = 0
    precision: Precision = "auto"
    workers: OmitArgPrefixes[WorkerOptions] = field(default_factory=WorkerOptions)
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Train on the set and on the baselines, show the scores, then note them in the set's card."""
        from condenset.artifact.reading import read
        from condenset.core.execution import Execution
        from condenset.evaluation.baselines import expanded
        from condenset.report.wording import duplicates_text, ledger_text, sizes_text
        from condenset.run.device import named_device
        from condenset.run.evaluate import Examination, exam_for
        from condenset.run.own_data import open_artifact_task
        from condenset.run.watched import graded, score_table
        from condenset.tasks.targets.target import metric_named

        if not self.set:
            raise RequestError("no SET was given: name the folder of one, or of several by one recipe")
        artifact = read(self.set[0])
        task = open_artifact_task(artifact, self.data)
        exam = exam_for(self.exam, artifact, task)
        metric = task.target.metrics[0] if self.metric is None else metric_named(task.target, self.metric)
        with self.workers.opened() as executor:
            execution = Execution(named_device(self.workers.device), precision=self.precision, executor=executor)
            grading = Examination(
                exam, self.networks, expanded(self.baselines, task), self.repeats, self.seed, execution
            )
            record = graded(screen, self.set, task, grading)
        shown = record.record()
        title = f"{task.name} under the exam {exam.name}, held-out real data"
        said = [record.conversion] if record.conversion else []
        said += [] if record.sizes is None else [sizes_text(record.sizes), ledger_text(record.sizes.ledger)]
        said += [duplicates_text(record.duplicates, task.modality.items)] if record.duplicates else []
        rows = [row | row["metrics"][metric.name] for row in shown["rows"]]
        verdict = record.verdict if metric == task.target.metrics[0] else None  # which is of what ranks
        worth = [] if verdict is None else [verdict.sentence(metric)]
        return Answer(shown, (title, *said, score_table(rows, metric), *worth), partial(self._noted, record))

    def _noted(self, record: Evaluation) -> tuple[str, ...]:
        from condenset.run.evaluate import note

        note(record, self.set)
        folders = " ".join(map(str, self.set))
        return (f"noted in {self.set[0] / 'card.json'}\nnext: condenset report {folders}",)
