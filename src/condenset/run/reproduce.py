"""Running papers' recipes at their published settings, and recording what came out beside what was printed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import torch

from condenset.artifact.card import read_card
from condenset.core.budget import Size
from condenset.core.errors import CondensetError, RequestError
from condenset.core.execution import Execution
from condenset.core.offers import item_words
from condenset.core.process import forget_peak
from condenset.core.registries import METHODS
from condenset.core.reported import Reported, reported_by
from condenset.evaluation.baselines import RIVALS
from condenset.evaluation.exam import named_exam
from condenset.prediction import predict
from condenset.recipe import budgeted
from condenset.report.results import Result, record, results_of
from condenset.run.config import Config
from condenset.run.console import Screen
from condenset.run.distill import Conditions
from condenset.run.evaluate import Examination
from condenset.run.made_from import holds_set, made_from
from condenset.run.watched import grade, watched_run
from condenset.tasks.catalogue import open_task
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Reproduction:
    """What is reproduced.

    Attributes:
        method, dataset, budget: as in the paper's table, budget as "10 per class".
        exams: the exams that it is graded under; none: the one that the set asks for.
        zca: how images are whitened, see `DataOptions`; None: not at all.
        network: architecture that is distilled for and graded where the exam names none; None: the modality's.
    """

    method: str
    dataset: str
    budget: str
    exams: tuple[str, ...]
    zca: str | None = None
    network: str | None = None

    @property
    def size(self) -> Size:
        """The budget. Raises `RequestError` for words that are none."""
        count, _, unit = self.budget.partition(" ")
        if not count.isdigit() or unit not in {"per class", "items", "bytes", *item_words()}:
            raise RequestError(
                f"the budget {self.budget!r} is not like '10 per class', '70 nodes', '100 items' or '9000 bytes'"
            )
        if unit == "bytes":
            return Size(bytes=int(count))
        return Size(per_class=int(count)) if unit == "per class" else Size(items=int(count))

    def folder(self, out: Path) -> Path:
        """Its run folder."""
        words = (self.method, self.dataset, *((f"zca {self.zca}",) if self.zca else ()), self.budget)
        return out / "-".join(words).replace(" ", "-")

    def networks(self, task: Task) -> tuple[str, ...]:
        """The paper's architecture, where it is not the one that is taken anyway."""
        return (self.network,) if self.network not in (None, task.modality.network) else ()


def settings(
    methods: Sequence[str], datasets: Sequence[str], budgets: Sequence[str], exam: str | None = None
) -> list[Reproduction]:
    """What the methods' papers report, on these datasets at these budgets; all of them where none is named.

    A dataset and budget that are both named are tried whether or not the paper reports them, under `exam` or else the
    exam of the paper's other numbers. Raises `UnknownNameError` for a method.
    """
    return [found for method in methods or METHODS.names() for found in _settings_of(method, datasets, budgets, exam)]


def _settings_of(
    method: str, datasets: Sequence[str], budgets: Sequence[str], exam: str | None
) -> Iterator[Reproduction]:
    rows = reported_by(method, METHODS)
    printed = dict.fromkeys((row.dataset, row.budget) for row in rows)
    for dataset, budget in product(datasets, budgets) if datasets and budgets else printed:
        if dataset in (datasets or [dataset]) and budget in (budgets or [budget]):
            nearest = min(rows, key=lambda row: (row.dataset != dataset, row.budget != budget), default=None)
            yield _setting(method, dataset, budget, exam, nearest)


def _setting(method: str, dataset: str, budget: str, exam: str | None, nearest: Reported | None) -> Reproduction:
    """The exam follows the nearest published number; whitening and network only one on the same dataset."""
    own = exam or (nearest.exam if nearest else None)
    if own is None or nearest is None or nearest.dataset != dataset:
        return Reproduction(method, dataset, budget, (own,) if own else ())
    network = None if named_exam(own).networks else nearest.network
    return Reproduction(method, dataset, budget, (own,), nearest.zca, network)


@dataclass(frozen=True)
class Plan:
    """How settings are reproduced.

    Attributes:
        out: folder of the run folders; what is done there already is not done again.
        into: folder of the recorded results.
        fair: whether each is also graded under the exam `fair`.
        repeats: learners per score, at least; None: as the exam says.
        seconds: what may be spent in all; settings that do not fit are left out. None: no limit.
        device: where sets are optimised and networks trained.
    """

    out: Path
    into: Path
    fair: bool = True
    repeats: int | None = None
    seconds: float | None = None
    device: torch.device | str = "cpu"


def reproduce(chosen: Sequence[Reproduction], plan: Plan, screen: Screen) -> Iterator[Result]:
    """Distil, grade and record every setting, quickest first where time is limited; yields its results.

    A setting that cannot be run (its data are not here) is said and left out.
    """
    began = time.perf_counter()
    for setting in chosen:
        left = None if plan.seconds is None else plan.seconds - (time.perf_counter() - began)
        try:
            found = _reproduced(setting, plan, left, screen)
        except CondensetError as error:
            screen.say(f"{setting.method} on {setting.dataset}, {setting.budget}: left out: {error}")
            continue
        record(found, plan.into)
        yield from found


def _reproduced(setting: Reproduction, plan: Plan, left: float | None, screen: Screen) -> list[Result]:
    options = {"zca": setting.zca} if setting.zca else {}
    task = open_task(setting.dataset, **options)
    networks = setting.networks(task)
    changes = {"network": networks[0]} if networks else {}
    config = Config(setting.dataset, setting.method, setting.size, options=options, changes=changes)
    folder = setting.folder(plan.out)
    counts, recipe = budgeted(config.method, task, config.size, config.changes)
    if left is not None:  # what takes longer is refused
        there, execution = task.to(plan.device), Execution(plan.device)
        predict(there, recipe, counts, config.seed, execution).within(None, max(left, 0.0))
    took: tuple[float, int] | tuple[()] = ()
    if not holds_set(folder, made_from(config, task, recipe)):
        forget_peak()  # of the settings before
        distilled = watched_run(
            screen, config, folder, task=task, resume=True, conditions=Conditions(device=plan.device)
        )
        took = distilled.wall_s, distilled.peak_rss_bytes
    names = (*(setting.exams or (read_card(folder).contract.exam,)), *(("fair",) if plan.fair else ()))
    for name in dict.fromkeys(names):
        grading = Examination(named_exam(name), networks, RIVALS, plan.repeats, 0, Execution(plan.device))
        if not _graded(folder, grading, task):
            grade(screen, folder, task, grading)
    return list(results_of(folder, *took))


def _graded(folder: Path, grading: Examination, task: Task) -> bool:
    """Whether the set has results under the exam for every learner, with as many repeats."""
    enough = [r for r in results_of(folder) if r.exam_hash == grading.exam.hash and r.repeats >= grading.per_row]
    return {result.network for result in enough} >= set(grading.exam.learners(task, grading.networks))
