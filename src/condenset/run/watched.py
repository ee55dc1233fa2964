"""Distilling and evaluating with a progress bar, and the table of scores that follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from condenset.artifact.reading import read
from condenset.core.budget import Size
from condenset.core.execution import HERE, Execution
from condenset.core.metric import Metric, metric_text, score_text
from condenset.evaluation.evaluation import Evaluation
from condenset.evaluation.exam import Exam
from condenset.evaluation.recommend import Tried, recommend
from condenset.evaluation.rows import Row
from condenset.report.wording import bytes_text, count_text, seconds_text
from condenset.run.config import Config
from condenset.run.console import Screen, table
from condenset.run.distill import Conditions, Distilled, distilling, losses_on, run
from condenset.run.evaluate import Examination, evaluation_of, note
from condenset.tasks.catalogue import open_task
from condenset.tasks.task import Task

if TYPE_CHECKING:
    from rich.console import RenderableType


_ROBUST = {"own_labels": "own labels", "augmented": "augmented", "lrs": "LRS", "ars": "ARS"}  # columns, heads
_SETTING = ("method", "codec", "budget")
_LEDGER = {
    "items": "items",
    "floats": "floats",
    "data_bits": "bits of data",
    "decoder_bits": "shared",
    "label_bits": "bits of labels",
    "asset_bytes": "bytes of assets",
}


def opened_task(screen: Screen, data: str, options: Mapping[str, Any]) -> Task:
    """The task in data, said what it was taken for. Arguments and errors as of `open_task`."""
    task = open_task(data, **options)
    say_recognised(screen, task)
    return task


def say_recognised(screen: Screen, task: Task) -> None:
    """Say what data were taken for."""
    screen.say(f"{task.name}, {task.modality.items} to train on: {len(task.train)}\n{task.recognised}")


def watched_run(
    screen: Screen,
    config: Config,
    out: Path,
    *,
    task: Task | None = None,
    resume: bool = False,
    conditions: Conditions | None = None,
) -> Distilled:
    """Run a configuration, showing loss, steps per second and time left. Arguments and errors as of `run`."""
    say = partial(say_recognised, screen)
    with screen.progress(distilling(config), "steps") as track:
        watch = losses_on(track)
        return run(config, task=task, out=out, resume=resume, conditions=conditions, opened=say, watch=watch)


def watched_race(
    screen: Screen, task: Task, size: Size, *, exam: Exam | None = None, seed: int = 0, execution: Execution = HERE
) -> list[Tried]:
    """Try the recipes that take moments, showing which. Arguments and errors as of `recommend`."""
    with screen.progress(f"trying recipes on {task.name}", "sets") as track:
        return recommend(task, size, exam=exam, seed=seed, execution=execution, watch=track)


def race_table(tried: Sequence[Tried], metric: Metric) -> RenderableType:
    """What was tried, for people, the best first."""
    numbers = [metric_text(metric), "95 % interval", "sets", "bytes", "time", "ahead before"]
    lines = [
        [
            one.contender.name,
            score_text(one.mean, metric),
            " to ".join(score_text(metric.within(end), metric, unit=False) for end in one.ci95 or ()),
            str(len(one.scores)),
            bytes_text(one.bytes),
            seconds_text(one.seconds),
            str(one.recorded or ""),
        ]
        for one in tried
    ]
    return table(["recipe", *numbers], lines, numbers)


def grade(screen: Screen, paths: Path | Sequence[Path], task: Task, grading: Examination) -> Evaluation:
    """What `graded` finds, noted in the cards. Errors as of `evaluation_of` and `note`."""
    sets = [paths] if isinstance(paths, Path) else list(paths)
    evaluation = graded(screen, sets, task, grading)
    note(evaluation, sets)
    return evaluation


def graded(screen: Screen, sets: Sequence[Path], task: Task, grading: Examination) -> Evaluation:
    """What a saved set, or several of one recipe, score, showing what is trained now. Errors as of `evaluation_of`."""
    learners = len(grading.exam.learners(task, grading.networks))
    rows = (*(["distilled"] * len(sets)), *grading.baselines)
    fits = sum(1 if name == "full" else grading.per_row for name in rows)  # full: once
    total, done = fits * learners, 0
    further: dict[tuple[str, str], int] = {}  # of rivals that are drawn on
    with screen.progress(f"evaluating {sets[0].name}", "networks") as track:

        def watch(row: Row, scores: int) -> None:
            nonlocal done
            done += 1
            further[row.name, row.network] = max(0, scores - grading.per_row)
            score = score_text(row.mean, task.target.metrics[0])
            track(done, total + sum(further.values()), f"{row.name}, {row.network}: {score}")

        return evaluation_of([read(one) for one in sets], task, grading, watch)


def score_table(rows: Sequence[Mapping[str, Any]], metric: Metric) -> RenderableType:
    """Rows as in JSON, for people: scores in percent where they are accuracies, with 95 % intervals."""
    extra = [key for key in _SETTING if rows and key in rows[0]]
    robust = {key: head for key, head in _ROBUST.items() if any(key in row for row in rows)}
    numbers = [metric_text(metric), "95 % interval", *robust.values(), "sets", "learners", "bytes", "training"]
    lines = [[*(row.get(key, "") for key in extra), *_cells(row, metric, robust)] for row in rows]
    return table([*extra, "trained on", "network", *numbers], lines, numbers)


def ledger_table(sets: Sequence[Mapping[str, Any]]) -> RenderableType:
    """What sets store, in the units that papers count, for people. Args: sets, as in the JSON of a comparison."""
    numbers = [*_LEDGER.values()]
    extra = [key for key in _SETTING if sets and key in sets[0]]
    shown = [[*(one[key] for key in extra), *(count_text(one[key]) for key in _LEDGER)] for one in sets]
    return table([*extra, *numbers], shown, numbers)


def _cells(row: Mapping[str, Any], metric: Metric, robust: Iterable[str]) -> list[str]:
    low, high = (score_text(end, metric, unit=False) for end in row["ci95"])
    interval = f"{low} to {high}"
    more = [score_text(row[key], metric) if key in row else "" for key in robust]
    size, learners = bytes_text(row["bytes"]) if row["bytes"] else "", str(len(row["scores"]))
    numbers = [score_text(row["mean"], metric), interval, *more, str(row["sets"]), learners, size]
    return [row["name"], row["network"], *numbers, seconds_text(row["train_s"]) if row["train_s"] else ""]
