"""`condenset compare`: several methods and budgets on the same data, in one table and on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from tyro.conf import OmitArgPrefixes, Positional, arg

from condenset.core.errors import BudgetError, RequestError
from condenset.run.console import Answer, Screen
from condenset.run.options import ByteCounts, Counts, DataOptions, Flag, Names, Output, WorkerOptions

if TYPE_CHECKING:
    from condenset.core.budget import Size
    from condenset.run.config import Config


@dataclass(frozen=True)
class Compare:
    """Compare methods on the same data under the same exam; what is done already is not done again.

    Attributes:
        data: a known name or a path.
        methods: between commas; a name may carry changes to the recipe, as --set would: dm:steps=200,start=k-means.
        per_class: items per class, one or more between commas; 1 where no budget is given.
        bytes: budgets in bytes instead, such as 30KB,100KB,1MB: methods, codecs and baselines at the same bytes.
        codecs: what each method is to store, one or more between commas, such as raw,quantised:bits=4; its own when
            left out.
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
    per_class: Counts = ()
    bytes: ByteCounts = ()
    codecs: Names = ()
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
        from condenset.run.evaluate import Examination
        from condenset.run.watched import ledger_table, opened_task, score_table

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
            "sets": compared.sets,
            "page": str(page),
            "recognised": task.recognised.record(),
        }
        where = f"page: {page} (open it in a browser)"
        if self.format is not None:
            screen.say(where)
            return Answer(record, (rows_to(rows, self.format, target.metrics[0]).rstrip("\n"),))
        title = f"{task.name} under the exam {exam.name}, held-out real data"
        stored = ("what the sets store", ledger_table(compared.sets))
        return Answer(record, (title, score_table(rows, target.metrics[0]), *stored, where))

    def continued(self, given: Sequence[str]) -> Sequence[str]:
        """The same: what is done is not done again."""
        return given if self.out.exists() else ()

    def _configurations(self) -> list[Config]:
        from condenset.core.fields import split_name
        from condenset.run.config import Config

        opening, codecs = self.opening.given(), [{"codec": codec} for codec in self.codecs] or [{}]
        return [
            Config(self.data, method, size, self.seed, opening, {**changes, **codec})
            for size, codec, (method, changes) in product(self._sizes(), codecs, map(split_name, self.methods))
        ]

    def _sizes(self) -> list[Size]:
        from condenset.core.budget import Size

        if self.bytes and self.per_class:
            raise BudgetError("--bytes and --per-class are two units of one budget: give one of them")
        if self.bytes:
            return [Size(bytes=count) for count in self.bytes]
        return [Size(per_class=count) for count in self.per_class or (1,)]
