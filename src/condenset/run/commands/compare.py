"""`condenset compare`: several methods and budgets on the same data, in one table and on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from tyro.conf import OmitArgPrefixes, Positional, arg

from condenset.core.errors import RequestError
from condenset.run.console import Answer, Screen
from condenset.run.options import Counts, DataOptions, Flag, Names, Output, WorkerOptions

if TYPE_CHECKING:
    from condenset.run.config import Config


@dataclass(frozen=True)
class Compare:
    """Compare methods on the same data under the same exam; what is done already is not done again.

    Attributes:
        data: a known name or a path.
        methods: between commas.
        per_class: items per class, one or more between commas.
        exam: one for all; that of the kind of data when left out.
        networks: learners in place of the exam's own.
        baselines: to stand beside the methods; empty for none.
        robust: two more gradings, with own labels and with augmentation, and the scores derived from them (LRS, ARS).
        repeats: learners for every score.
        format: of the table; a drawn one when left out.
        out: folder of the run folders, of this comparison or new; page.html in it shows them in one chart.
        seed: of every random stream.
        opening: how the data are opened.
        workers: where methods are run and networks are trained.
    """

    data: Annotated[Positional[str], arg(metavar="DATA")]
    methods: Names = ("dm", "kip")
    per_class: Counts = (1,)
    exam: Annotated[str | None, arg(metavar="EXAM")] = None
    networks: Names = ()
    baselines: Names = ("random", "random-same-labels", "herding", "k-center", "k-means", "rivals", "full")
    robust: Flag = False
    repeats: Annotated[int | None, arg(metavar="N")] = None
    format: Literal["markdown", "csv", "latex", "json"] | None = None
    out: Annotated[Path, arg(metavar="FOLDER")] = Path("condenset-compare")
    seed: int = 0
    opening: OmitArgPrefixes[DataOptions] = field(default_factory=DataOptions)
    workers: OmitArgPrefixes[WorkerOptions] = field(default_factory=WorkerOptions)
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Run what is not finished, gather the rows, write the page."""
        from condenset.core.execution import Execution
        from condenset.evaluation.baselines import expanded
        from condenset.evaluation.exam import named_exam
        from condenset.report.page import write_page
        from condenset.report.tables import rows_to
        from condenset.run.compare import cells, compare
        from condenset.run.device import named_device
        from condenset.run.watched import Examination, opened_task, score_table

        if self.out.is_file():
            raise RequestError(f"{self.out} is a file: a comparison needs a folder; choose another name")
        task = opened_task(screen, self.data, self.opening.given())
        exam = named_exam(self.exam or task.modality.exam)
        with self.workers.opened() as executor:
            execution = Execution(named_device(self.workers.device), executor=executor)
            grading = Examination(
                exam, self.networks, expanded(self.baselines, task), self.repeats, self.seed, execution
            )
            compared = compare(cells(self._configurations(), self.out), task, grading, screen, self.robust)
        page = write_page(compared.folders, self.out / "page.html")
        target, rows = task.target, compared.rows
        record = {
            "schema": "condenset.compare/2",
            "exam": exam.name,
            "exam_hash": exam.hash,
            "metrics": [metric.record() for metric in target.metrics],
            "rows": rows,
            "page": str(page),
            "recognised": task.recognised.record(),
        }
        where = f"page: {page} (open it in a browser)"
        if self.format is not None:
            screen.say(where)
            return Answer(record, (rows_to(rows, self.format, target.metrics[0]).rstrip("\n"),))
        title = f"{task.name} under the exam {exam.name}, held-out real data"
        return Answer(record, (title, score_table(rows, target.metrics[0]), where))

    def continued(self, given: Sequence[str]) -> Sequence[str]:
        """The same: what is done is not done again."""
        return given if self.out.exists() else ()

    def _configurations(self) -> list[Config]:
        from condenset.core.budget import Size
        from condenset.run.config import Config

        return [
            Config(self.data, method, Size(per_class=count), self.seed, self.opening.given())
            for count, method in product(self.per_class, self.methods)
        ]
