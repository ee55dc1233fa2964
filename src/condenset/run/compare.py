"""Comparing methods: a run folder for each cell of the table; what is done already is not done again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from condenset.artifact.card import Card, read_card
from condenset.artifact.sizes import saved_sizes
from condenset.core.errors import BudgetError, DivergenceError
from condenset.core.registries import LABELS
from condenset.evaluation.baselines import applying
from condenset.evaluation.binding import held_out_digest
from condenset.evaluation.exam import Exam
from condenset.evaluation.robust_scores import refuse_taught, robust_columns
from condenset.evaluation.uninformed import GUESS
from condenset.recipe import Recipe, budgeted
from condenset.run.config import Config
from condenset.run.console import Screen
from condenset.run.distill import Conditions, prepare
from condenset.run.evaluate import Examination
from condenset.run.made_from import holds_set, made_from
from condenset.run.options import size_text
from condenset.run.watched import grade, watched_run
from condenset.tasks.task import Task

Record = dict[str, Any]
_BOUND = ("distilled", "random-same-labels")  # rows that depend on the cell's set; the others on its bytes only


@dataclass(frozen=True)
class Candidate:
    """One cell: a configuration and its run folder."""

    config: Config
    folder: Path


@dataclass(frozen=True)
class Compared:
    """All rows, each with "dataset", "method", "budget" and, where it was chosen, "codec"; what their sets store, with
    the same; and the run folders that they are of."""

    rows: list[Record]
    sets: list[Record]
    folders: list[Path]


def cells(configs: Sequence[Config], out: Path) -> list[Candidate]:
    """A folder below `out` for every configuration."""
    return [Candidate(config, out / _folder(config)) for config in configs]


def compare(
    chosen: Sequence[Candidate], task: Task, grading: Examination, screen: Screen, robust: bool = False
) -> Compared:
    """Distil and grade every cell that is not finished.

    A baseline that depends on the bytes alone has one row for each number of bytes; its scores, kept in the cache, are
    found again for every cell, so that each run folder holds what its set is to be compared with.
    A cell whose run diverges is said and left out, and so is one whose bytes are too few for an item of every class.
    Args: robust, whether the sets get `robust_columns`, too.
    Raises `RequestError` kinds before the first cell is run where any of them is impossible or the bytes are too few
    for all, and `DivergenceError` where all of them diverge.
    """
    if robust:
        refuse_taught(grading.exam)
    task = task.to(grading.execution.device)
    finished = _finished(chosen, task, grading, screen)
    rows: list[Record] = []
    full: dict[str, float] = {}
    shown: set[tuple[str, int]] = set()
    for cell in finished:
        graded = _graded(cell, task, grading, screen)
        if robust:
            full |= {row["network"]: row["mean"] for row in graded if row["name"] == "full"}
            again = partial(_under, cell, task, grading, screen)
            graded = robust_columns(graded, full, grading.exam, again)
        rows += [_labelled(row, cell, task) for row in graded if (row["name"], row["bytes"]) not in shown]
        shown |= {(row["name"], row["bytes"]) for row in graded if row["name"] not in _BOUND}
    sets = [_named(cell, task) | saved_sizes(cell.folder).record()["set"] for cell in finished]
    return Compared(rows, sets, [cell.folder for cell in finished])


def _folder(config: Config) -> str:
    """Its name: dm-1-per-class-seed-0, dm-quantised-bits-4-30000-bytes-seed-0."""
    codec = [str(config.changes["codec"])] if "codec" in config.changes else []
    return re.sub(r"[^\w.]+", "-", "-".join([_called(config), *codec, size_text(config.size), f"seed-{config.seed}"]))


def _called(config: Config) -> str:
    """The method, with what is changed in its recipe beside the codec: dm:steps=200,start=k-means."""
    changes = ",".join(f"{name}={value}" for name, value in config.changes.items() if name != "codec")
    return f"{config.method}:{changes}" if changes else config.method


def _finished(chosen: Sequence[Candidate], task: Task, grading: Examination, screen: Screen) -> list[Candidate]:
    """The cells whose sets are there or could be made, in their order."""
    pairs = _possible(chosen, task, screen)
    executor, device = grading.execution.executor, grading.execution.device
    todo = {cell.folder: cell for cell, r in pairs if not holds_set(cell.folder, made_from(cell.config, task, r))}
    for cell, recipe in pairs:
        if cell.folder in todo:
            prepare(recipe, task, executor)
    done = executor.map(_distilled, task, [(cell, screen, device) for cell in todo.values()])
    faults: dict[Path, str] = {}
    for folder, fault in zip(todo, done, strict=True):
        screen.say(f"left out {folder}: {fault}" if fault else f"distilled {folder}")
        faults[folder] = fault
    finished = [cell for cell, _ in pairs if not faults.get(cell.folder)]
    if not finished:
        raise DivergenceError("every run diverged, as is said above: no table is left")
    return finished


def _possible(chosen: Sequence[Candidate], task: Task, screen: Screen) -> list[tuple[Candidate, Recipe]]:
    """The cells with their recipes, without those whose bytes are too few."""
    pairs: list[tuple[Candidate, Recipe]] = []
    for cell in chosen:
        config = cell.config
        try:
            pairs.append((cell, budgeted(config.method, task, config.size, config.changes)[1]))
        except BudgetError as error:
            if config.size.bytes is None or (not pairs and cell is chosen[-1]):
                raise
            screen.say(f"left out {cell.folder}: {error}")
    return pairs


def _under(cell: Candidate, task: Task, grading: Examination, screen: Screen, exam: Exam) -> list[Record]:
    baselines = ("random", _BOUND[1])
    return _graded(cell, task, replace(grading, exam=exam, baselines=baselines), screen)


def _distilled(task: Task, job: tuple[Candidate, Screen, torch.device | str]) -> str:
    """How the run diverged; empty where it did not."""
    cell, screen, device = job
    try:
        watched_run(screen, cell.config, cell.folder, task=task, resume=True, conditions=Conditions(device=device))
    except DivergenceError as error:
        return str(error)
    return ""


def _graded(cell: Candidate, task: Task, grading: Examination, screen: Screen) -> list[Record]:
    card = read_card(cell.folder)
    apply = applying(grading.baselines, task, LABELS.get(card.labels.kind).learnt, card.within)
    grading = replace(grading, baselines=apply)
    names = ("distilled", *grading.baselines)
    learners = list(grading.exam.learners(task, grading.networks))
    found = _recorded(card, grading, task)
    pairs = [*((name, learner) for name in names for learner in learners), (task.target.uninformed, GUESS)]
    if not all(pair in found or _too_large(*pair) for pair in pairs):
        for row in grade(screen, cell.folder, task, grading).record()["rows"]:
            found[row["name"], row["network"]] = row
    return [found[pair] for pair in pairs if pair in found]


def _too_large(name: str, learner: str) -> bool:
    """Whether a row may be missing: kernel ridge regression does not take every whole dataset."""
    return name == "full" and learner.partition(":")[0] == "kernel"


def _recorded(card: Card, grading: Examination, task: Task) -> dict[tuple[str, str], Record]:
    """The rows in the card under the same exam on the same test data with as many repeats, the latest of each.

    Rivals may have been drawn further, unless it was asked how often.
    """
    tested, least = held_out_digest(task), grading.per_row
    return {
        (row.name, row.network): row.record(noted.metrics)
        for noted in card.gradings
        if noted.exam_hash == grading.exam.hash and noted.bound_to is not None and noted.bound_to.held_out == tested
        for row in noted.rows
        if len(row.scores) == least
        or (len(row.scores) > least and row.name != "distilled" and grading.repeats is None)
        or row.name == "full"
        or row.network == GUESS  # once
    }


def _labelled(row: Record, cell: Candidate, task: Task) -> Record:
    named = _named(cell, task) if row["name"] in _BOUND else {"dataset": task.name, "method": row["name"]}
    return named | {"budget": size_text(cell.config.size)} | row


def _named(cell: Candidate, task: Task) -> Record:
    config = cell.config
    chosen = {"codec": config.changes["codec"]} if "codec" in config.changes else {}
    return {"dataset": task.name, "method": _called(config), "budget": size_text(config.size), **chosen}
