"""Cross-fitting: what teachers believe of training examples that they have not seen, once for whoever asks.

A label that is an accident of its example is not repeated by who learnt from the others alone (Northcutt, Jiang &
Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels, JAIR 2021, arXiv 1911.00068).
"""

from __future__ import annotations

from dataclasses import replace
from weakref import WeakKeyDictionary

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.assets.teachers import Teachers, balanced, believed
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.task import Task
from condenset.tasks.view import View

FOLDS = 5

_LABELLED: WeakKeyDictionary[View, dict[tuple[Teachers, int], Batch]] = WeakKeyDictionary()


def cross_fitted(task: Task, least: Int[Tensor, " groups"], teachers: Teachers, temperature: float = 1.0) -> Task:
    """The task with the soft labels (n, outputs) of cross-fitted teachers, and sorted into groups by them.

    As many examples of every group are labelled, of all groups no more than the teachers would learn from.

    Args: least, (groups,), examples that every group has at least: one that is left fewer takes its own back;
    temperature, of the labels.
    """
    known, teachers = _LABELLED.setdefault(task.train, {}), teachers.now()
    per_group = max(teachers.most // task.train.groups, int(least.max()))
    key = teachers.of(task), per_group
    if key not in known:
        known[key] = _labelled(task, *key)
    batch = known[key]
    labels = task.target.believed(batch.targets, temperature)
    groups = _regrouped(task.groups.of(labels), batch.groups, least)
    relabelled = InMemoryView(replace(batch, targets=labels, groups=groups), task.train.groups)
    return task.learning_from(relabelled, labels, groups)


def _labelled(task: Task, teachers: Teachers, per_group: int) -> Batch:
    rng = Rng(0).child("cross-fitting")
    batch = task.train.sample(per_group, rng.child("examples"))
    fold = torch.randperm(len(batch), generator=rng.child("folds").torch()) % FOLDS
    labels: Float[Tensor, "n outputs"] = torch.zeros(len(batch), task.target.outputs, device=batch.weight.device)
    for number in range(FOLDS):
        seen, unseen = ((fold == number) == own for own in (False, True))
        lesson = balanced(batch.select(seen.nonzero().flatten()))
        models = teachers.taught(lesson, task, rng.child(number))
        members = unseen.nonzero().flatten()
        labels[members] = believed(task, models, batch.select(members).inputs).to(labels)
    return replace(batch, targets=labels)


def _regrouped(groups: Int[Tensor, " n"], own: Int[Tensor, " n"], least: Int[Tensor, " groups"]) -> Int[Tensor, " n"]:
    """New groups, less what groups of fewer than `least` take back of their own."""
    while True:
        short = torch.bincount(groups, minlength=len(least)).cpu() < least
        back = short.to(own.device)[own] & (groups != own)
        if not back.any():
            return groups
        groups = groups.where(~back, own)
