"""`condenset reproduce`: a paper's recipe at its published setting, beside the published number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from condenset.core.errors import RequestError
from condenset.run.console import Answer, Screen, table
from condenset.run.options import Device, Flag, Names, Output, Seconds

if TYPE_CHECKING:
    from condenset.report.results import Result


@dataclass(frozen=True)
class Reproduce:
    """Distil as papers did, grade under their exams and record ours beside theirs, with a verdict.

    Attributes:
        papers: methods, between commas; all of them when left out.
        datasets: only these.
        budgets: only these, as in "10 per class".
        exam: in place of the papers' own.
        fair: grade under the exam `fair`, too, which is the same for every method.
        repeats: learners for every score.
        budget: time to spend, such as 30m; what does not fit is left out.
        runs: record these graded run folders as they are instead of making new ones.
        out: folder of the run folders; what is done there already is not done again.
        into: folder of the recorded results.
        device: where tensors live: cpu, auto (the accelerator that is there), or one by its name, such as cuda:1.
        output: how to answer.
    """

    papers: Positional[Names] = ()
    datasets: Names = ()
    budgets: Names = ()
    exam: Annotated[str | None, arg(metavar="EXAM")] = None
    fair: Flag = True
    repeats: Annotated[int | None, arg(metavar="N")] = None
    budget: Annotated[Seconds | None, arg(metavar="TIME")] = None
    runs: Names = ()
    out: Annotated[Path, arg(metavar="FOLDER")] = Path("condenset-reproduce")
    into: Annotated[Path, arg(metavar="FOLDER")] = Path("bench/results")
    device: Device = "cpu"
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Run what is not finished, record, show ours beside theirs."""
        from condenset.report.results import record
        from condenset.run.device import named_device
        from condenset.run.reproduce import Plan, reproduce, settings

        if self.runs:
            results = [result for run in self.runs for result in _graded_results(Path(run))]
            record(results, self.into)
        else:
            chosen = settings(self.papers, self.datasets, self.budgets, self.exam)
            plan = Plan(self.out, self.into, self.fair, self.repeats, self.budget, named_device(self.device))
            results = list(reproduce(chosen, plan, screen))
        numbers = ["reported", "measured", "random", "best rival", "learners"]
        heads = ["method", "dataset", "budget", "exam", "network", *numbers, "schedule", "verdict"]
        shown = table(heads, [_cells(result) for result in results], numbers)
        record_ = {"schema": "condenset.reproduce/1", "rows": [result.record() for result in results]}
        return Answer(record_, (shown, f"recorded in {self.into}"))

    def continued(self, given: Sequence[str]) -> Sequence[str]:
        """The same: what is done is not done again."""
        return given if self.out.exists() else ()


def _graded_results(run: Path) -> Iterable[Result]:
    from condenset.report.results import results_of

    results = results_of(run)
    if not results:
        how = f"condenset evaluate {run} --baselines random"
        raise RequestError(f"{run} was not graded beside random examples, so there is no verdict: {how}")
    return results


def _cells(result: Result) -> list[str]:
    from condenset.core.metric import score_text

    def score(value: float | None) -> str:
        return "" if value is None else score_text(value, result.scale)

    setting = [result.method, result.dataset, result.budget, result.exam, result.network]
    spread = f" ± {score(result.std)}" if result.repeats > 1 else ""
    name, best = result.rival
    scores = [
        score(result.reported),
        f"{score(result.measured)}{spread}",
        score(result.random),
        f"{name} {score(best)}",
    ]
    return [*setting, *scores, str(result.repeats), result.schedule, result.verdict]
